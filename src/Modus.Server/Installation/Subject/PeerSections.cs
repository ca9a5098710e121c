using System.Net;
using Modus.Delivery.Peers;
using Modus.Delivery.Vpn;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Installation.Subject;

/// <summary>Peer rules, but for those of the e-mail VPN.</summary>
internal sealed class PeerSection() : Section<PeerItem>("peers", InstallationJson.Default.PeerItem)
{
    protected override async ValueTask<IEnumerable<PeerItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        var prefixes = (await new VpnPartnerStore(ports.Settings).ListAsync(cancellationToken)).Select(static partner => partner.RulePrefix).ToList();
        return (await new PeerRuleStore(ports.Settings).ListAsync(cancellationToken)).Rules
            .Where(rule => !prefixes.Exists(prefix => rule.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .Select(From);
    }

    public override int MaxItems => PeerRuleStore.MaxRules;

    protected override string KeyOf(PeerItem item) => item.Name;

    protected override PeerItem? Normalize(PeerItem item, ItemFaults faults)
    {
        if (item.Network is { } network && !IPNetwork.TryParse(network, out _))
        {
            faults.Add("network", $"'{network}' is no network. Write one such as 192.0.2.0/24.");
            return null;
        }

        var rule = ToRule(item);
        var found = PeerRuleCheck.FindFaults(rule);
        foreach (var fault in found) faults.Add("", fault);
        return found.Count == 0 ? From(rule) : null;
    }

    protected override void Check(PeerItem item, InstallationState target, ItemFaults faults)
    {
        if (target[Sections.Partners].Values.FirstOrDefault(partner => item.Name.StartsWith(PartnerSection.ToPartner((PartnerItem)partner).RulePrefix, StringComparison.Ordinal)) is PartnerItem owner)
            faults.Add("name", $"{item.Name} is the name of a rule of the partner {owner.Name}: take another one.");
    }

    protected override IEnumerable<StoreChange> ToChanges(PeerItem? before, PeerItem? after) =>
        [after is null ? PeerRuleStore.ToRemoval(before!.Name) : PeerRuleStore.ToChange(ToRule(after))];

    private static PeerItem From(PeerRule rule) => new()
    {
        Name = rule.Name, Network = rule.Network?.ToString(), Domain = rule.Domain, Host = rule.MxPattern, Key = rule.Key,
        Direction = rule.Directions switch { PeerDirections.In => PeerWay.In, PeerDirections.Out => PeerWay.Out, _ => PeerWay.Both },
        Level = rule.Level, Pins = rule.Pins, Names = rule.Names, Authorities = rule.Authorities,
        ShowCertificate = rule.ShowCertificate, MayRelay = rule.MayRelay, Note = rule.Note,
    };

    private static PeerRule ToRule(PeerItem item) => new()
    {
        Name = item.Name, Network = item.Network is { } network ? IPNetwork.Parse(network) : null, Domain = item.Domain, MxPattern = item.Host, Key = item.Key,
        Directions = item.Direction switch { PeerWay.In => PeerDirections.In, PeerWay.Out => PeerDirections.Out, _ => PeerDirections.Both },
        Level = item.Level, Pins = item.Pins, Names = item.Names, Authorities = item.Authorities,
        ShowCertificate = item.ShowCertificate, MayRelay = item.MayRelay, Note = item.Note,
    };
}

/// <summary>Partners of the e-mail VPN; each brings its rules.</summary>
internal sealed class PartnerSection() : Section<PartnerItem>("partners", InstallationJson.Default.PartnerItem)
{
    public static VpnPartner ToPartner(PartnerItem item) => new()
    {
        Name = item.Name, Identity = item.Identity, Domains = item.Domains, Addresses = item.Addresses, Keys = item.Keys, Exchange = item.Exchange,
        Serial = item.Serial, Since = item.Since, Told = item.Told, Heard = item.Heard,
    };

    protected override async ValueTask<IEnumerable<PartnerItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await new VpnPartnerStore(ports.Settings).ListAsync(cancellationToken)).Select(static partner => new PartnerItem
        {
            Name = partner.Name, Identity = partner.Identity, Domains = partner.Domains, Addresses = partner.Addresses, Keys = partner.Keys,
            Exchange = partner.Exchange, Serial = partner.Serial, Since = partner.Since, Told = partner.Told, Heard = partner.Heard,
        });

    public override int MaxItems => VpnPartnerStore.MaxPartners;

    protected override string KeyOf(PartnerItem item) => item.Name;

    protected override PartnerItem? Normalize(PartnerItem item, ItemFaults faults)
    {
        if (AddVpn.FindFault(new VpnAddWish(item.Name, [.. item.Domains], [.. item.Addresses], [.. item.Keys])) is not { } fault) return item;
        faults.Add("", fault);
        return null;
    }

    protected override PartnerItem? Complete(PartnerItem item, PartnerItem? present, out string? note)
    {
        note = null;
        return item with { Told = present?.Told, Heard = present?.Heard };
    }

    protected override IEnumerable<StoreChange> ToChanges(PartnerItem? before, PartnerItem? after) => VpnPartnerStore.ToChanges(
        after is null ? null : ToPartner(after), before is null ? null : ToPartner(before));
}

/// <summary>The key by which partners know this gateway.</summary>
internal sealed class VpnIdentitySection() : Section<VpnIdentityItem>("vpnIdentity", InstallationJson.Default.VpnIdentityItem)
{
    public override string? Loss => "the key by which partners know this gateway";

    protected override async ValueTask<IEnumerable<VpnIdentityItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        await VpnIdentitySecret.ReadAsync(ports.Records, cancellationToken) is { } secret && VpnIdentitySecret.PublicKeyOf(secret) is { } known
            ? [new VpnIdentityItem { PublicKey = known, Secret = secret }]
            : [];

    protected override string KeyOf(VpnIdentityItem item) => "own"; // there is one

    protected override VpnIdentityItem? Normalize(VpnIdentityItem item, ItemFaults faults)
    {
        if (item.Secret is null || VpnIdentitySecret.PublicKeyOf(item.Secret) == item.PublicKey) return item;
        faults.Add("secret", "is no key of P-256 in PKCS #8 that belongs to the public key.");
        return null;
    }

    protected override VpnIdentityItem WithoutSecrets(VpnIdentityItem item) => item with { Secret = null };

    protected override VpnIdentityItem? Complete(VpnIdentityItem item, VpnIdentityItem? present, out string? note)
    {
        note = null;
        if (item.Secret is not null) return item;
        if (present?.PublicKey == item.PublicKey) return present;
        note = "is left as it is here: the document has no secret of that key. Partners know the other one; pair with them anew (`modus vpn invite`).";
        return null;
    }

    protected override IEnumerable<StoreChange> ToChanges(VpnIdentityItem? before, VpnIdentityItem? after) =>
        [after is null ? VpnIdentitySecret.ToRemoval() : VpnIdentitySecret.ToChange(after.Secret!, TimeProvider.System.GetUtcNow())];
}
