using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Server.Admin;
using Modus.Storage;

namespace Modus.Server.Installation.Subject;

/// <summary>The keys that mail is signed with. Retired ones have no secret, sign nothing, and go by themselves: they are left out.</summary>
internal sealed class DkimSection() : Section<DkimItem>("dkim", InstallationJson.Default.DkimItem)
{
    public override string? Loss => "its secret";

    protected override async ValueTask<IEnumerable<DkimItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        from one in await new SigningKeys(ports.Records, TimeProvider.System).ListWithSecretsAsync(cancellationToken)
        where one.Key.State != SigningKeyState.Retired && one.Secret is not null
        select new DkimItem
        {
            Domain = one.Key.Domain.Name, Selector = one.Key.Selector,
            Algorithm = one.Key.Algorithm == SignatureAlgorithm.RsaSha256 ? DkimKind.Rsa : DkimKind.Ed25519,
            State = one.Key.State == SigningKeyState.Next ? DkimStage.Next : DkimStage.Active,
            Created = one.Key.Created, Changed = one.Key.Changed, PublicKey = one.Key.PublicKey.ToArray(), Secret = one.Secret,
        };

    protected override string KeyOf(DkimItem item) => $"{item.Domain}/{item.Selector}";

    protected override DkimItem? Normalize(DkimItem item, ItemFaults faults)
    {
        var domain = Names.Domain("domain", item.Domain, faults);
        // selector = sub-domain *( "." sub-domain ) (RFC 6376 §3.1)
        var isSelector = Domain.TryParse(item.Selector, out var labels) && labels.Name == item.Selector;
        if (!isSelector) faults.Add("selector", $"'{item.Selector}' is no selector. Write small letters, digits and hyphens, such as mail2026.");
        if (domain is not { } name || !isSelector) return null;
        var read = item with { Domain = name.Name };
        if (read.Secret is null || SigningKeys.FindFault(ToKey(read), read.Secret) is not { } fault) return read;
        faults.Add("secret", $"{fault}.");
        return null;
    }

    protected override DkimItem WithoutSecrets(DkimItem item) => item with { Secret = null };

    protected override DkimItem? Complete(DkimItem item, DkimItem? present, out string? note)
    {
        note = null;
        if (item.Secret is not null) return item;
        if (present is not null && present.PublicKey.AsSpan().SequenceEqual(item.PublicKey)) return item with { Secret = present.Secret };
        note = $"is left out: the document has no secret of it. Make keys here with `modus dkim create {item.Domain}`, or export with --with-secrets.";
        return null;
    }

    protected override void Check(DkimItem item, InstallationState target, ItemFaults faults)
    {
        if (!target.HasDomain(Domain.Parse(item.Domain))) faults.Add("domain", $"{item.Domain} is no domain of the installation.");
        if (target[Sections.Dkim].Values.Count(one => ((DkimItem)one).Domain == item.Domain) > SigningKeys.MaxKeys)
            faults.Add("domain", $"{item.Domain} has more than {SigningKeys.MaxKeys} keys.");
    }

    protected override IEnumerable<StoreChange> ToChanges(DkimItem? before, DkimItem? after) => after is null
        ? [SigningKeys.ToRemoval(Domain.Parse(before!.Domain), before.Selector)]
        : [SigningKeys.ToChange(ToKey(after), after.Secret!)];

    private static SigningKey ToKey(DkimItem item) => new()
    {
        Domain = Domain.Parse(item.Domain), Selector = item.Selector,
        Algorithm = item.Algorithm == DkimKind.Rsa ? SignatureAlgorithm.RsaSha256 : SignatureAlgorithm.Ed25519Sha256,
        State = item.State == DkimStage.Next ? SigningKeyState.Next : SigningKeyState.Active,
        Created = item.Created, Changed = item.Changed, PublicKey = item.PublicKey,
    };
}
