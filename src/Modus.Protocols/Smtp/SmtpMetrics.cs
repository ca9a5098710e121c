using System.Diagnostics.Metrics;

namespace Modus.Protocols.Smtp;

/// <summary>The counters of the SMTP room: meter <c>Modus.Smtp</c>. Thread-safe.</summary>
internal sealed class SmtpMetrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Smtp");
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _negative;
    private readonly Counter<long> _logins;

    public SmtpMetrics()
    {
        _connections = _meter.CreateUpDownCounter<long>("modus.smtp.connections", "{connection}", "Open SMTP connections");
        _accepted = _meter.CreateCounter<long>("modus.smtp.messages.accepted", "{message}", "Messages acknowledged");
        _bytes = _meter.CreateCounter<long>("modus.smtp.message.bytes", "By", "Content bytes of acknowledged messages");
        _negative = _meter.CreateCounter<long>("modus.smtp.replies.negative", "{reply}", "Replies 4yz and 5yz, by code");
        _logins = _meter.CreateCounter<long>("modus.smtp.logins", "{login}", "Authentications, by result");
    }

    public void OnConnected(SmtpProfile profile) => _connections.Add(1, Tag("profile", profile));

    public void OnDisconnected(SmtpProfile profile) => _connections.Add(-1, Tag("profile", profile));

    public void OnAccepted(long bytes, bool encrypted)
    {
        _accepted.Add(1, Tag("encrypted", encrypted));
        _bytes.Add(bytes);
    }

    public void OnReply(SmtpReply reply)
    {
        if (!reply.IsPositive) _negative.Add(1, Tag("code", reply.Code));
    }

    public void OnLogin(bool succeeded) => _logins.Add(1, Tag("result", succeeded ? "succeeded" : "failed"));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
