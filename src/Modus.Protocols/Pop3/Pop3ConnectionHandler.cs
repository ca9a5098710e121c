using Microsoft.AspNetCore.Connections;
using Modus.Protocols.Pop3.Responses;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Pop3;

/// <summary>The door of the POP3 room: one per listener.</summary>
internal sealed class Pop3ConnectionHandler(Pop3Room room)
{
    private readonly ConnectionGate _gate = new(room.Limits.MaxConnections, room.Limits.MaxConnectionsPerAddress);

    public async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var wire = new WireConnection(connection, room.Clock);
        using var session = new Pop3Session(room, wire);
        if (!_gate.TryEnter(wire.RemoteAddress))
        {
            Pop3Log.TooManyConnections(room.Log, connection.ConnectionId, wire.RemoteAddress);
            await session.SayLastAsync(Pop3Responses.TooManyConnections);
            return;
        }

        room.Metrics.OnConnected();
        Pop3Log.Opened(room.Log, connection.ConnectionId, wire.RemoteAddress);
        try
        {
            // Not ConnectionClosed: a client that closed its side still waits for the answers to what it sent.
            Pop3Log.Closed(room.Log, connection.ConnectionId, await session.RunAsync(CancellationToken.None));
        }
        catch (Exception fault)
        {
            // The one place for faults of ours. Nothing was deleted, or its +OK was not said.
            Pop3Log.Fault(room.Log, fault, connection.ConnectionId);
            await session.SayLastAsync(Pop3Responses.OurFault);
        }
        finally
        {
            _gate.Leave(wire.RemoteAddress);
            room.Metrics.OnDisconnected();
        }
    }
}
