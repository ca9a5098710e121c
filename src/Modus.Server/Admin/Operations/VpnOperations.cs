using Modus.Delivery.Vpn;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Writes an invitation to the e-mail VPN.</summary>
internal sealed class InviteVpn() : AdminOperation<VpnInviteWish, VpnInvited>("vpn-invite", AdminJson.Default.VpnInviteWish, AdminJson.Default.AdminReplyVpnInvited)
{
    public override async ValueTask<AdminReply<VpnInvited>> RunAsync(VpnInviteWish request, AdminPorts ports, CancellationToken cancellationToken) =>
        ports.Vpn is { } vpn ? VpnAnswers.From(await vpn.InviteAsync(request, cancellationToken)) : VpnAnswers.NoServer;
}

/// <summary>Joins by the invitation of another gateway, or says what that would do.</summary>
internal sealed class JoinVpn() : AdminOperation<VpnJoinWish, VpnJoined>("vpn-join", AdminJson.Default.VpnJoinWish, AdminJson.Default.AdminReplyVpnJoined)
{
    public override async ValueTask<AdminReply<VpnJoined>> RunAsync(VpnJoinWish request, AdminPorts ports, CancellationToken cancellationToken) =>
        ports.Vpn is { } vpn ? VpnAnswers.From(await vpn.JoinAsync(request, cancellationToken)) : VpnAnswers.NoServer;
}

/// <summary>Adds a partner by hand.</summary>
internal sealed class AddVpn() : AdminOperation<VpnAddWish, Done>("vpn-add", AdminJson.Default.VpnAddWish, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(VpnAddWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (FindFault(request) is { } fault) return AdminFault.Invalid(fault);
        foreach (var name in request.Domains)
        {
            if (await ports.Directory.FindDomainAsync(Domain.Parse(name), cancellationToken) is not null)
                return AdminFault.Invalid($"{name} is a domain of this server: name those of the partner.");
        }

        var store = new VpnPartnerStore(ports.Settings);
        if (await store.FindAsync(request.Name, cancellationToken) is { Identity: not null })
            return new AdminFault(AdminFaultKind.AlreadyExists, $"{request.Name} was paired by invitation and tells its keys itself: take another name, or leave it first.");
        var outcome = await store.PutAsync(
            new VpnPartner { Name = request.Name, Domains = request.Domains, Addresses = request.Addresses, Keys = request.Keys, Since = TimeProvider.System.GetUtcNow() },
            cancellationToken);
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The partner {request.Name}");
        if (ports.Peers is { } running) await running.ReloadAsync(cancellationToken);
        return new Done($"{request.Name} is a partner of the e-mail VPN from now on: mail to its domains, and from its addresses, goes by its keys alone. Let it demand the same of this server.");
    }

    /// <summary>What is wrong with a partner; null for nothing.</summary>
    public static string? FindFault(VpnAddWish request)
    {
        if (!PeerRuleCheck.IsName(request.Name)) return $"'{request.Name}' is no name of a partner: write up to {PeerRuleCheck.MaxName} of a-z, 0-9, dot, hyphen and underscore.";
        if (request.Domains.Length + request.Addresses.Length == 0) return "Name the partner's domains with --domain, the addresses that it sends from with --address, or both.";
        if (request.Domains.Length > VpnCard.MaxDomains || request.Addresses.Length > VpnCard.MaxAddresses) return $"A partner has up to {VpnCard.MaxDomains} domains and {VpnCard.MaxAddresses} addresses.";
        if (request.Domains.FirstOrDefault(static text => !Domain.TryParse(text, out var domain) || domain.Name != text) is { } noDomain) return $"'{noDomain}' is no domain.";
        if (request.Addresses.FirstOrDefault(static text => !AddressText.TryRead(text, out _)) is { } noAddress) return $"'{noAddress}' is no address.";
        if (request.Keys.Length is 0 or > PeerRuleCheck.MaxPins) return $"Name 1 to {PeerRuleCheck.MaxPins} keys of the partner with --pin.";
        return request.Keys.FirstOrDefault(static key => !KeyPin.IsValid(key)) is { } noKey ? $"'{noKey}' is no key: write the SHA-256 of its SubjectPublicKeyInfo as {KeyPin.Length} hex digits." : null;
    }
}

/// <summary>Lists the partners.</summary>
internal sealed class ListVpn() : AdminOperation<NoParameters, VpnPartner[]>("vpn-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyVpnPartnerArray)
{
    public override async ValueTask<AdminReply<VpnPartner[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new VpnPartnerStore(ports.Settings).ListAsync(cancellationToken)).ToArray();
}

/// <summary>Shows a partner.</summary>
internal sealed class ShowVpn() : AdminOperation<VpnName, VpnPartner>("vpn-show", AdminJson.Default.VpnName, AdminJson.Default.AdminReplyVpnPartner)
{
    public override async ValueTask<AdminReply<VpnPartner>> RunAsync(VpnName request, AdminPorts ports, CancellationToken cancellationToken) =>
        await new VpnPartnerStore(ports.Settings).FindAsync(request.Name, cancellationToken) is { } partner ? partner : AdminFault.NotFound($"There is no partner {request.Name}.");
}

/// <summary>Removes a partner and its rules.</summary>
internal sealed class LeaveVpn() : AdminOperation<VpnName, Done>("vpn-leave", AdminJson.Default.VpnName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(VpnName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var outcome = await new VpnPartnerStore(ports.Settings).RemoveAsync(request.Name, cancellationToken);
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The partner {request.Name}");
        if (ports.Peers is { } running) await running.ReloadAsync(cancellationToken);
        return new Done($"{request.Name} is no partner any more: nothing is demanded of it. It goes on demanding our keys until its administrator leaves, too.");
    }
}

/// <summary>Tells partners the keys of this server, with those to come.</summary>
internal sealed class RotateVpn() : AdminOperation<VpnRotateWish, VpnTold[]>("vpn-rotate", AdminJson.Default.VpnRotateWish, AdminJson.Default.AdminReplyVpnToldArray)
{
    public override async ValueTask<AdminReply<VpnTold[]>> RunAsync(VpnRotateWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (ports.Vpn is not { } vpn) return VpnAnswers.NoServer;
        var told = await vpn.RotateAsync(request.Next, cancellationToken);
        return told.Value is { } rows ? rows.ToArray() : AdminFault.Invalid(told.Fault!);
    }
}

/// <summary>Turns what the VPN says into replies.</summary>
internal static class VpnAnswers
{
    public static readonly AdminFault NoServer = new(AdminFaultKind.NotAllowed, "No server runs on this data folder, and only a running one knows its keys and can speak with others: start it first.");

    public static AdminReply<T> From<T>(VpnResult<T> result)
        where T : class => result.Value is { } value ? value : new AdminFault(AdminFaultKind.NotAllowed, result.Fault!);
}
