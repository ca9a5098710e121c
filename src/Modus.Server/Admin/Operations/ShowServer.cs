using Modus.Server.Composition;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <param name="Protocol">What is spoken there.</param>
/// <param name="Address">The local address; <c>0.0.0.0</c> and <c>::</c> stand for all.</param>
/// <param name="Port">The port.</param>
/// <param name="Tls">none, ondemand or implicit.</param>
internal sealed record DoorRow(string Protocol, string Address, int Port, string Tls);

/// <param name="IsRunning">False where a command opened the store.</param>
/// <param name="Version">The version of the program.</param>
/// <param name="Doors">Where it listens.</param>
/// <param name="Tampering">What was seen of somebody who keeps TLS off, in the last day.</param>
internal sealed record ServerRow(bool IsRunning, string Version, DoorRow[] Doors, TamperFinding[] Tampering);

/// <summary>Says whether a server runs, and where it listens.</summary>
internal sealed class ShowServer()
    : AdminOperation<NoParameters, ServerRow>("server-show", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyServerRow)
{
    public override ValueTask<AdminReply<ServerRow>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AdminReply<ServerRow>>(new ServerRow(
            ports.Doors is not null,
            ModusHost.Version,
            [.. (ports.Doors?.Opened ?? []).Select(static door => new DoorRow(
                CertificateSources.Word(door.Listener.Protocol), $"{door.EndPoint.Address}", door.EndPoint.Port, $"{door.Listener.Tls}".ToLowerInvariant()))],
            [.. ports.Sensor?.Find() ?? []]));
}
