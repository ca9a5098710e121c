using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Modus.Protocols.Wire;

/// <summary>
/// Opens connections for clients. The libraries hold no sockets: the host that has Kestrel's transport gives them, and tests give theirs.
/// Thread-safe.
/// </summary>
public interface IConnector
{
    /// <summary>Connects. What the network does is in the result, never an exception.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="local">Our address; null leaves it to the system.</param>
    /// <param name="cancellationToken">Gives up; throws <see cref="OperationCanceledException"/>.</param>
    ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken);
}

/// <summary>What came of connecting.</summary>
/// <param name="Connection">The connection, the caller's to dispose; null when there is none.</param>
/// <param name="Reason">Why not, in words; null when there is one.</param>
public readonly record struct ConnectResult(ConnectionContext? Connection, string? Reason);
