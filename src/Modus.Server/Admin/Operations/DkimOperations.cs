using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Makes keys for a domain of this server; they sign once they are rotated in.</summary>
internal sealed class CreateDkimKeys() : AdminOperation<DkimWish, DkimRow[]>("dkim-create", AdminJson.Default.DkimWish, AdminJson.Default.AdminReplyDkimRowArray)
{
    public override async ValueTask<AdminReply<DkimRow[]>> RunAsync(DkimWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        if (await ports.Directory.FindDomainAsync(domain, cancellationToken) is null)
            return AdminFault.NotFound($"Domain {domain} is not one of this server. `modus domain list` shows those that are.");
        // selector = sub-domain *( "." sub-domain ) (RFC 6376 §3.1)
        if (request.Selector is { } selector && (!Domain.TryParse(selector, out var labels) || labels.Name != selector))
            return AdminFault.Invalid($"'{selector}' is no selector. Write small letters, digits and hyphens, such as mail2026.");

        var algorithms = new List<SignatureAlgorithm>();
        foreach (var word in request.Algorithms.Count > 0 ? request.Algorithms : [DkimWords.Rsa, DkimWords.Ed25519])
        {
            if (DkimWords.Parse(word) is not { } algorithm) return AdminFault.Invalid($"'{word}' is no algorithm: {DkimWords.Rsa}, {DkimWords.Ed25519}.");
            if (!algorithms.Contains(algorithm)) algorithms.Add(algorithm);
        }

        var made = await new SigningKeys(ports.Records, TimeProvider.System).CreateAsync(domain, algorithms, request.Selector, cancellationToken);
        return made.Outcome switch
        {
            StoreOutcome.Done => made.Value!.Select(DkimRow.From).ToArray(),
            StoreOutcome.AlreadyExists => AdminFault.Invalid($"Selector {request.Selector} is taken in {domain}: `modus dkim list {domain}` shows it."),
            StoreOutcome.TooMany => AdminFault.Invalid($"{domain} has {SigningKeys.MaxKeys} keys already: `modus dkim list {domain}`. Retired ones go after 30 days."),
            var outcome => AdminFault.From(outcome, $"Keys for {domain}"),
        };
    }
}

/// <summary>Lists keys, of one domain if asked.</summary>
internal sealed class ListDkimKeys()
    : AdminOperation<OptionalDomain, DkimRow[]>("dkim-list", AdminJson.Default.OptionalDomain, AdminJson.Default.AdminReplyDkimRowArray)
{
    public override async ValueTask<AdminReply<DkimRow[]>> RunAsync(OptionalDomain request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        return (await new SigningKeys(ports.Records, TimeProvider.System).ListAsync(domain, cancellationToken)).Select(DkimRow.From).ToArray();
    }
}

/// <summary>Lets the next keys of a domain sign, in place of those of the same algorithms.</summary>
internal sealed class RotateDkimKeys()
    : AdminOperation<DkimRotation, DkimRow[]>("dkim-rotate", AdminJson.Default.DkimRotation, AdminJson.Default.AdminReplyDkimRowArray)
{
    public override async ValueTask<AdminReply<DkimRow[]>> RunAsync(DkimRotation request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        if (!request.Force && ports.DkimRecords is { } records
            && (await records.CheckAsync(domain, cancellationToken)).FirstOrDefault(static found =>
                found.Key.State == SigningKeyState.Next && found.Publication != KeyPublication.Published) is { } missing)
            return new AdminFault(AdminFaultKind.NotAllowed, $"The DNS does not have the key {missing.Key.Selector} of {domain}, so that nobody could verify what it signs. `modus dkim show {domain}` prints the record; --force rotates all the same.");
        var keys = new SigningKeys(ports.Records, TimeProvider.System);
        var outcome = await keys.RotateAsync(domain, cancellationToken);
        if (outcome == StoreOutcome.NotFound) return AdminFault.NotFound($"{domain} has no next key. Make one: `modus dkim create {domain}`.");
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The keys of {domain}");
        return (await keys.ListAsync(domain, cancellationToken)).Select(DkimRow.From).ToArray();
    }
}

/// <summary>A key signs no more.</summary>
internal sealed class RetireDkimKey() : AdminOperation<DkimName, Done>("dkim-retire", AdminJson.Default.DkimName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DkimName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        var outcome = await new SigningKeys(ports.Records, TimeProvider.System).RetireAsync(domain, request.Selector, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done(
                $"{request.Selector} of {domain} signs no more, and its secret is gone. Leave its record in the DNS for a week: mail under way is verified by it."),
            StoreOutcome.NotFound => AdminFault.NotFound($"{domain} has no key {request.Selector}. `modus dkim list {domain}` shows its keys."),
            _ => AdminFault.From(outcome, $"The key of {domain}"),
        };
    }
}

/// <summary>Compares what is published with the keys.</summary>
internal sealed class CheckDkimKeys()
    : AdminOperation<DomainName, DkimFinding[]>("dkim-check", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDkimFindingArray)
{
    public override async ValueTask<AdminReply<DkimFinding[]>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var domain, out var fault)) return fault;
        if (ports.DkimRecords is not { } records)
            return new AdminFault(AdminFaultKind.NotAllowed, "No server runs on this data folder, and it is the server that asks the DNS: start it first (`modus run`).");
        var found = await records.CheckAsync(domain, cancellationToken);
        return found.Count > 0 ? found.Select(Judge).ToArray() : AdminFault.NotFound($"{domain} has no keys. Make some: `modus dkim create {domain}`.");
    }

    private static DkimFinding Judge(PublishedKey found)
    {
        var domain = found.Key.Domain;
        var (isGood, text) = (found.Publication, found.Key.State) switch
        {
            (KeyPublication.Unknown, _) => (false, $"The DNS does not say: {found.Reason}."),
            (KeyPublication.Published, SigningKeyState.Retired) => (true, "Published still; take it out a week after it was retired."),
            (_, SigningKeyState.Retired) => (true, "Retired and gone."),
            (KeyPublication.Published, SigningKeyState.Active) => (true, "Signs, and is published."),
            (KeyPublication.Published, _) => (true, $"Published; let it sign once caches know it: `modus dkim rotate {domain}`."),
            (KeyPublication.Different, _) => (false, $"What is published is not this key: {found.Reason}. `modus dkim show {domain}` prints the record."),
            _ => (false, $"Not published. `modus dkim show {domain}` prints the record."),
        };
        return new DkimFinding(DkimRow.From(found.Key), isGood, text);
    }
}
