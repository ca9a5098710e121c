using System.Net;
using Modus.Delivery.Peers;
using Modus.Delivery.Vpn;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Adds a peer rule; it counts at once.</summary>
internal sealed class AddPeer() : AdminOperation<PeerWish, Done>("peer-add", AdminJson.Default.PeerWish, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(PeerWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var rule = request.Rule;
        var faults = PeerRuleCheck.FindFaults(rule);
        if (faults.Count > 0) return AdminFault.Invalid(string.Join(Environment.NewLine, faults));
        if (request.Rehearse && await RehearsePeer.RunAsync(rule, PeerRehearsal.DefaultSpan, ports, cancellationToken) is { HasRefusals: true } report)
            return new AdminFault(AdminFaultKind.NotAllowed, $"{report.Verdict} It was not added; `modus peer rehearse` says which.");
        var outcome = await new PeerRuleStore(ports.Settings).PutAsync(rule, request.Replace, ports.Caller, cancellationToken);
        if (outcome == StoreOutcome.AlreadyExists)
            return new AdminFault(AdminFaultKind.AlreadyExists, $"There is a rule {rule.Name} already. Take another name, or --replace it.");
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The rule {rule.Name}");
        if (ports.Peers is { } running) await running.ReloadAsync(cancellationToken);
        return new Done($"The rule {rule.Name} counts from now on.");
    }
}

/// <summary>Removes a peer rule.</summary>
internal sealed class RemovePeer() : AdminOperation<PeerName, Done>("peer-remove", AdminJson.Default.PeerName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(PeerName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var partner = await new VpnPartnerStore(ports.Settings).FindByRuleAsync(request.Name, cancellationToken);
        var outcome = await new PeerRuleStore(ports.Settings).RemoveAsync(request.Name, ports.Caller, cancellationToken);
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The rule {request.Name}");
        if (ports.Peers is { } running) await running.ReloadAsync(cancellationToken);
        return new Done(partner is null
            ? $"The rule {request.Name} counts no more."
            : $"The rule {request.Name} counts no more. It was part of the e-mail VPN with {partner.Name}, which has a gap until that tells its keys again: `modus vpn leave {partner.Name}` ends all of it.");
    }
}

/// <summary>Lists the peer rules.</summary>
internal sealed class ListPeers() : AdminOperation<NoParameters, PeerRule[]>("peer-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyPeerRuleArray)
{
    public override async ValueTask<AdminReply<PeerRule[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new PeerRuleStore(ports.Settings).ListAsync(cancellationToken)).Rules.ToArray();
}

/// <summary>Says which rule decides about a peer, and why.</summary>
internal sealed class TestPeer() : AdminOperation<PeerQuestion, PeerAnswer[]>("peer-test", AdminJson.Default.PeerQuestion, AdminJson.Default.AdminReplyPeerAnswerArray)
{
    public override async ValueTask<AdminReply<PeerAnswer[]>> RunAsync(PeerQuestion request, AdminPorts ports, CancellationToken cancellationToken)
    {
        IPAddress? address = null;
        if (request.Address is not null && !AddressText.TryRead(request.Address, out address)) return AdminFault.Invalid($"'{request.Address}' is no address.");
        if (address is null && request.Host is null) return AdminFault.Invalid("Name a client with --ip, or a next hop with --host.");
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        var policy = new PeerPolicy((await new PeerRuleStore(ports.Settings).ListAsync(cancellationToken)).Rules);
        var answers = new List<PeerAnswer>();
        if (address is not null) answers.Add(ToAnswer(PeerDirections.In, policy.ExplainClient(address)));
        if (request.Host is { } host) answers.Add(ToAnswer(PeerDirections.Out, policy.ExplainNextHop(domain?.Name, host.ToLowerInvariant(), address)));
        return answers.ToArray();
    }

    private static PeerAnswer ToAnswer(PeerDirections direction, PeerDecision decision) => new(direction, decision.Rule?.Name, decision.Reason);
}
