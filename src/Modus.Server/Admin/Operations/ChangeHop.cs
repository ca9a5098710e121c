using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Forgets a next hop, or pins a key of it.</summary>
internal sealed class ChangeHop() : AdminOperation<HopChange, Done>("dest-change", AdminJson.Default.HopChange, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(HopChange request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!HopNames.TryRead(request.Hop, out var host, out var port, out var fault)) return fault;
        if (ports.Ledger is { } running) return await ChangeAsync(running, HopKey.Of(host, port), request, cancellationToken);
        using var ledger = HopNames.NewLedger(ports);
        return await ChangeAsync(ledger, HopKey.Of(host, port), request, cancellationToken);
    }

    private static async ValueTask<AdminReply<Done>> ChangeAsync(HopLedger ledger, string hop, HopChange request, CancellationToken cancellationToken)
    {
        if (request.Forget)
        {
            var forgotten = await ledger.ForgetAsync(hop, cancellationToken);
            return forgotten == StoreOutcome.Done
                ? new Done($"{hop} is forgotten: the next session with it begins anew.")
                : AdminFault.From(forgotten, $"{hop} (`modus dest list` shows what is known)");
        }

        var key = request.Key?.ToLowerInvariant() ?? (await ledger.GetAsync(hop, cancellationToken))?.PeerKey;
        if (key is null)
            return AdminFault.NotFound($"{hop} has never shown a key. Name one with --key, or see what it shows: `modus dest probe {request.Hop}`.");
        if (!KeyPin.IsValid(key))
            return AdminFault.Invalid($"'{key}' is no key: write SHA-256 of its SubjectPublicKeyInfo, {KeyPin.Length} digits in hex.");
        var pinned = await ledger.PinAsync(hop, key, cancellationToken);
        return pinned == StoreOutcome.Done
            ? new Done($"{hop} is pinned to {key}: no other key is taken, and nothing goes to it in clear. `modus dest forget` takes it back.")
            : AdminFault.From(pinned, hop);
    }
}

/// <summary>Shows what is remembered of a next hop.</summary>
internal sealed class ShowHop() : AdminOperation<HopName, HopRecord>("dest-show", AdminJson.Default.HopName, AdminJson.Default.AdminReplyHopRecord)
{
    public override async ValueTask<AdminReply<HopRecord>> RunAsync(HopName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!HopNames.TryRead(request.Hop, out var host, out var port, out var fault)) return fault;
        using var own = ports.Ledger is null ? HopNames.NewLedger(ports) : null;
        return await (ports.Ledger ?? own!).GetAsync(HopKey.Of(host, port), cancellationToken) is { } known
            ? known
            : AdminFault.NotFound($"{HopKey.Of(host, port)} was never spoken to. `modus dest list` shows what is known.");
    }
}

/// <summary>Calls a next hop and says what it met.</summary>
internal sealed class ProbeHop() : AdminOperation<HopName, HopFinding[]>("dest-probe", AdminJson.Default.HopName, AdminJson.Default.AdminReplyHopFindingArray)
{
    public override async ValueTask<AdminReply<HopFinding[]>> RunAsync(HopName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!HopNames.TryRead(request.Hop, out var host, out var port, out var fault)) return fault;
        if (ports.Probe is not { } probe)
            return new AdminFault(AdminFaultKind.NotAllowed, "No server runs on this data folder, and it is the server that calls: start it first (`modus run`).");
        var findings = await probe.ProbeAsync(host, port, cancellationToken);
        return findings.Count > 0 ? findings.ToArray() : AdminFault.NotFound($"{host} has no address in the DNS.");
    }
}

/// <summary>How commands name next hops.</summary>
internal static class HopNames
{
    public static bool TryRead(string text, out string host, out int port, [NotNullWhen(false)] out AdminFault? fault)
    {
        fault = HopKey.TryParse(text, QueueOptions.SmtpPort, out host, out port)
            ? null
            : AdminFault.Invalid($"'{text}' is no host. Write a name or an address, with a port where it is not 25: mx.example.com:587, [2001:db8::1]:25.");
        return fault is null;
    }

    /// <summary>The ledger of a store that no server runs on.</summary>
    public static HopLedger NewLedger(AdminPorts ports) =>
        new(ports.Records, new QueueOptions(), TimeProvider.System, NullLogger<HopLedger>.Instance);
}
