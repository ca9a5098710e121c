using Microsoft.AspNetCore.Connections;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Imap;

/// <summary>The door of the IMAP room: one per listener.</summary>
/// <param name="room">What all listeners share.</param>
/// <param name="disabledCapabilities">What is switched off at this one, besides what the room switches off.</param>
internal sealed class ImapConnectionHandler(ImapRoom room, IReadOnlyList<string> disabledCapabilities)
{
    private readonly ConnectionGate _gate = new(room.Limits.MaxConnections, room.Limits.MaxConnectionsPerAddress);

    public async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var wire = new WireConnection(connection, room.Clock);
        using var session = new ImapSession(room, wire, [.. room.DisabledCapabilities, .. disabledCapabilities]);
        if (!_gate.TryEnter(wire.RemoteAddress))
        {
            ImapLog.TooManyConnections(room.Log, connection.ConnectionId, wire.RemoteAddress);
            await session.SayByeAsync("[LIMIT] Too many connections from your address.");
            return;
        }

        room.Metrics.OnConnected();
        ImapLog.Opened(room.Log, connection.ConnectionId, wire.RemoteAddress);
        try
        {
            // Not ConnectionClosed: a client that closed its side still waits for the answers to what it sent.
            ImapLog.Closed(room.Log, connection.ConnectionId, await session.RunAsync(CancellationToken.None));
        }
        catch (Exception fault)
        {
            // The one place for faults of ours. What was not acknowledged was not promised.
            ImapLog.Fault(room.Log, fault, connection.ConnectionId);
            await session.SayByeAsync("[SERVERBUG] Something is wrong here; try again later.");
        }
        finally
        {
            await session.LeaveTransportAsync();
            _gate.Leave(wire.RemoteAddress);
            room.Metrics.OnDisconnected();
        }
    }
}
