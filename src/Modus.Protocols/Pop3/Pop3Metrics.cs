using System.Diagnostics.Metrics;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3;

/// <summary>The counters of the POP3 room: meter <c>Modus.Pop3</c>. Thread-safe.</summary>
internal sealed class Pop3Metrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Pop3");
    private readonly UpDownCounter<long> _connections;
    private readonly Counter<long> _logins;
    private readonly Counter<long> _retrieved;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _deleted;
    private readonly Counter<long> _errors;

    public Pop3Metrics()
    {
        _connections = _meter.CreateUpDownCounter<long>("modus.pop3.connections", "{connection}", "Open POP3 connections");
        _logins = _meter.CreateCounter<long>("modus.pop3.logins", "{login}", "Authentications, by result");
        _retrieved = _meter.CreateCounter<long>("modus.pop3.messages.retrieved", "{message}", "Messages sent whole (RETR)");
        _bytes = _meter.CreateCounter<long>("modus.pop3.message.bytes", "By", "Content bytes sent (RETR and TOP)");
        _deleted = _meter.CreateCounter<long>("modus.pop3.messages.deleted", "{message}", "Messages deleted at QUIT");
        _errors = _meter.CreateCounter<long>("modus.pop3.responses.negative", "{response}", "-ERR responses, by class");
    }

    public void OnConnected() => _connections.Add(1);

    public void OnDisconnected() => _connections.Add(-1);

    public void OnLogin(bool succeeded) => _logins.Add(1, Tag("result", succeeded ? "succeeded" : "failed"));

    public void OnRetrieved(long bytes)
    {
        _retrieved.Add(1);
        _bytes.Add(bytes);
    }

    public void OnTopSent(long bytes) => _bytes.Add(bytes);

    public void OnDeleted(int messages) => _deleted.Add(messages);

    public void OnError(Pop3Fault fault) => _errors.Add(1, Tag("class", fault switch
    {
        Pop3Fault.Client => "client",
        Pop3Fault.NoSuchMessage => "message",
        Pop3Fault.Login => "login",
        _ => "server",
    }));

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
