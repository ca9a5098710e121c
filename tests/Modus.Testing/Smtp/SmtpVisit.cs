using System.Collections.Concurrent;
using System.Net;

namespace Modus.Testing.Smtp;

/// <summary>One connection that a client made, and all that was said. Thread-safe.</summary>
public sealed class SmtpVisit(IPEndPoint endPoint, int number)
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the client went.</summary>
    public IPEndPoint EndPoint => endPoint;

    /// <summary>Which visit there it is; the first is 1.</summary>
    public int Number => number;

    /// <summary>What was said: <c>C: EHLO …</c>, <c>S: 250 …</c>, <c>(TLS)</c>.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>The commands, without replies and content.</summary>
    public IReadOnlyList<string> Commands => [.. _lines.Where(static line => line.StartsWith("C: ", StringComparison.Ordinal)).Select(static line => line[3..])];

    /// <summary>True once a handshake was done.</summary>
    public bool IsEncrypted { get; internal set; }

    /// <summary>The name that the client asked for in the handshake.</summary>
    public string? ServerName { get; internal set; }

    /// <summary>The subject of the certificate that the client showed.</summary>
    public string? ClientCertificate { get; internal set; }

    /// <summary>Ends when the connection is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>All of <see cref="Lines"/>, for messages of failing tests.</summary>
    public override string ToString() => string.Join('\n', _lines);

    internal void Add(string line) => _lines.Enqueue(line);

    internal void End() => _ended.TrySetResult();
}
