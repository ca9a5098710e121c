using System.Diagnostics.Metrics;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap;

/// <summary>The counters of the IMAP room: meter <c>Modus.Imap</c>. Thread-safe.</summary>
internal sealed class ImapMetrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Imap");
    private readonly UpDownCounter<long> _connections;
    private readonly UpDownCounter<long> _idle;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _commands;

    public ImapMetrics()
    {
        _connections = _meter.CreateUpDownCounter<long>("modus.imap.connections", "{connection}", "Open IMAP connections");
        _idle = _meter.CreateUpDownCounter<long>("modus.imap.idle", "{connection}", "Connections in IDLE");
        _logins = _meter.CreateCounter<long>("modus.imap.logins", "{login}", "Authentications, by result");
        _commands = _meter.CreateCounter<long>("modus.imap.commands", "{command}", "Commands, by verb and result");
    }

    public void OnConnected() => _connections.Add(1);

    public void OnDisconnected() => _connections.Add(-1);

    public void OnIdle(bool begins) => _idle.Add(begins ? 1 : -1);

    public void OnLogin(bool succeeded) => _logins.Add(1, new KeyValuePair<string, object?>("result", succeeded ? "succeeded" : "failed"));

    /// <param name="verb">A verb of the table; null for anything else, so that nobody invents series.</param>
    /// <param name="status">How it ended.</param>
    public void OnCommand(string? verb, ImapStatus status) => _commands.Add(
        1,
        new KeyValuePair<string, object?>("verb", verb ?? "unknown"),
        new KeyValuePair<string, object?>("result", status switch { ImapStatus.Ok => "ok", ImapStatus.No => "no", _ => "bad" }));

    public void Dispose() => _meter.Dispose();
}
