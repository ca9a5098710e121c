using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Forgets a next hop, or pins a key of it.</summary>
internal sealed class ChangeHop() : AdminOperation<HopChange, Done>("dest-change", AdminJson.Default.HopChange, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(HopChange request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (ports.Ledger is { } running) return await ChangeAsync(running, request, cancellationToken);
        using var ledger = new HopLedger(ports.Records, new QueueOptions(), TimeProvider.System, NullLogger<HopLedger>.Instance);
        return await ChangeAsync(ledger, request, cancellationToken);
    }

    private static async ValueTask<AdminReply<Done>> ChangeAsync(HopLedger ledger, HopChange request, CancellationToken cancellationToken)
    {
        if (!HopKey.TryParse(request.Hop, QueueOptions.SmtpPort, out var host, out var port))
            return AdminFault.Invalid($"'{request.Hop}' is no host. Write a name or an address, with a port where it is not 25: mail.example.net:587.");
        var hop = HopKey.Of(host, port);
        if (request.Forget)
        {
            var forgotten = await ledger.ForgetAsync(hop, cancellationToken);
            return forgotten == StoreOutcome.Done
                ? new Done($"{hop} is forgotten: the next session with it begins anew.")
                : AdminFault.From(forgotten, $"{hop} (`modus dest list` shows what is known)");
        }

        if (await ledger.GetAsync(hop, cancellationToken) is not { } known)
            return AdminFault.NotFound($"{hop} was never spoken to. `modus dest list` shows what is known.");
        var key = request.Key?.ToLowerInvariant() ?? known.PeerKey;
        if (key is null) return AdminFault.Invalid($"{hop} has never shown a key. Name one with --key.");
        if (!KeyPin.IsValid(key))
            return AdminFault.Invalid($"'{key}' is no key: write SHA-256 of its SubjectPublicKeyInfo, {KeyPin.Length} hex digits.");
        var pinned = await ledger.PinAsync(hop, key, cancellationToken);
        return pinned == StoreOutcome.Done
            ? new Done($"{hop} is pinned to {key}: no other key is taken, and nothing goes to it in clear. `modus dest forget` takes it back.")
            : AdminFault.From(pinned, hop);
    }
}
