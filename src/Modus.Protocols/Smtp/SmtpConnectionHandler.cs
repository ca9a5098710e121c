using Microsoft.AspNetCore.Connections;
using Modus.Protocols.Smtp.Responses;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Smtp;

/// <summary>The door of the SMTP room: one per listener.</summary>
internal sealed class SmtpConnectionHandler(SmtpRoom room, SmtpProfile profile)
{
    private readonly ConnectionGate _gate = new(room.Limits.MaxConnections, room.Limits.MaxConnectionsPerAddress);

    public async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var wire = new WireConnection(connection, room.Clock);
        if (!_gate.TryEnter(wire.RemoteAddress))
        {
            SmtpLog.TooManyConnections(room.Log, connection.ConnectionId, wire.RemoteAddress);
            await new SmtpSession(room, profile, wire).SendAsync(SmtpReplies.TooManyConnections);
            return;
        }

        room.Metrics.OnConnected(profile);
        SmtpLog.Opened(room.Log, connection.ConnectionId, wire.RemoteAddress, profile);
        await using var session = new SmtpSession(room, profile, wire);
        try
        {
            // Nothing in a session hangs on ConnectionClosed: a client that closed its side still waits for the answers to what it sent.
            SmtpLog.Closed(room.Log, connection.ConnectionId, await session.RunAsync());
        }
        catch (Exception fault)
        {
            // The one place for faults of ours. Nothing was acknowledged, so the client will come again.
            SmtpLog.Fault(room.Log, fault, connection.ConnectionId);
            await session.SendAsync(SmtpReplies.OurFault);
        }
        finally
        {
            _gate.Leave(wire.RemoteAddress);
            room.Metrics.OnDisconnected(profile);
        }
    }
}
