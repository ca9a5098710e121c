using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns;

/// <summary>
/// Judges a reply by DNSSEC (RFC 4035 §5): secure, when signatures prove it; insecure, when it is proven that the zone has none; else
/// bogus, which is no answer. Thread-safe.
/// </summary>
internal sealed class ReplyJudge(ChainOfTrust chain, TimeProvider clock)
{
    /// <summary>Reads a reply as it is, proven or not.</summary>
    public static DnsLink Read(DnsName name, DnsType type, DnsMessage message, DateTimeOffset now)
    {
        if (RecordSet.Find(message.Answers, name, type) is { } set)
            return new DnsLink(DnsOutcome.Found, set.Records, null, false, now + DnsTtl.Of(set.Ttl), null);
        if (RecordSet.Find(message.Answers, name, DnsType.Cname) is { } alias && DnsContent.ToName(alias.Records[0]) is { } target)
            return new DnsLink(DnsOutcome.Found, [], target, false, now + DnsTtl.Of(alias.Ttl), null);

        // Without an SOA record a denial is not kept (RFC 2308 §5).
        var kept = DnsTtl.OfDenial(DnsContent.ToDenialTtl(message.Authorities) ?? 0);
        return new DnsLink(message.Code == DnsResponseCode.NoName ? DnsOutcome.NoName : DnsOutcome.NoData, [], null, false, now + kept, null);
    }

    public ValueTask<DnsLink> JudgeAsync(
        DnsName name, DnsType type, DnsMessage message, QuestionBudget budget, CancellationToken cancellationToken)
    {
        var link = Read(name, type, message, clock.GetUtcNow());
        if (link.Outcome != DnsOutcome.Found) return JudgeDenialAsync(name, type, message, link, budget, cancellationToken);
        var set = RecordSet.Find(message.Answers, name, link.Target is null ? type : DnsType.Cname)!;

        // The alias below a DNAME is made by the server and not signed; the DNAME is (RFC 6672 §5.3.1).
        if (set.Signer is null && link.Target is { } target && FindTreeAlias(message, name, target) is { } tree) set = tree;
        return JudgeSetAsync(set, message, link, budget, cancellationToken);
    }

    private async ValueTask<DnsLink> JudgeSetAsync(
        RecordSet set, DnsMessage message, DnsLink link, QuestionBudget budget, CancellationToken cancellationToken)
    {
        var signer = set.Signer;
        var trust = await chain.FindZoneAsync(signer ?? set.Owner, budget, cancellationToken);
        var now = clock.GetUtcNow();
        if (trust.IsInsecure) return link;
        if (trust.Zone is not { } zone) return Bogus(trust.Fault!, now);
        if (signer is null) return Bogus($"the {set.Type} records of {set.Owner} have no signature, and {SecureZone.Word(zone.Apex)} is signed", now);
        if (!zone.Apex.Equals(signer)) return Bogus($"the {set.Type} records of {set.Owner} are signed by {signer}, which is no zone", now);
        var (signature, reason) = zone.Verify(set, now, budget);
        if (signature is null) return Bogus(reason!, now);
        var expires = Earlier(link.Expires, now + DnsTtl.Of(SecureZone.TtlOf(set, signature, now)));
        if (!SecureZone.IsExpanded(set, signature)) return link with { IsSecure = true, Expires = expires };

        var proof = DenialProof.From(zone, message, now, budget);
        return (proof.Records?.ProveNothingCloser(set.Owner, signature.Labels) ?? Denied.Nothing) switch
        {
            Denied.Name => link with { IsSecure = true, Expires = Earlier(expires, now + DnsTtl.Of(proof.Ttl)) },
            Denied.Unsigned => link with { Expires = expires },
            _ => Bogus($"{set.Owner} came of a wildcard, and nothing proves that it may", now),
        };
    }

    private async ValueTask<DnsLink> JudgeDenialAsync(
        DnsName name, DnsType type, DnsMessage message, DnsLink link, QuestionBudget budget, CancellationToken cancellationToken)
    {
        var signer = DenialProof.FindSigner(message, name);
        var trust = await chain.FindZoneAsync(signer ?? name, budget, cancellationToken);
        var now = clock.GetUtcNow();
        if (trust.IsInsecure) return link;
        if (trust.Zone is not { } zone) return Bogus(trust.Fault!, now);
        if (signer is null) return Bogus($"nothing signed says that there is no {type} record of {name}, and {SecureZone.Word(zone.Apex)} is signed", now);
        if (!zone.Apex.Equals(signer)) return Bogus($"the denial of {name} is signed by {signer}, which is no zone", now);
        var proof = DenialProof.From(zone, message, now, budget);
        var denial = proof.Records?.Prove(name, type) ?? default;
        if (denial.What == Denied.Unsigned) return link;
        if (denial.What != (link.Outcome == DnsOutcome.NoName ? Denied.Name : Denied.Type))
            return Bogus(proof.Reason ?? $"nothing proves that there is no {type} record of {name}", now);
        return link with { IsSecure = true, Expires = now + DnsTtl.OfDenial(proof.Ttl) };
    }

    private static RecordSet? FindTreeAlias(DnsMessage message, DnsName name, DnsName target)
    {
        if (message.Answers.FirstOrDefault(record => record.Type == DnsType.Dname && name.IsBelow(record.Owner)) is not { } found) return null;
        if (DnsContent.ToName(found) is not { } tree) return null;
        var labels = name.LabelCount - found.Owner.LabelCount;
        return target.IsBelow(tree) && target.LabelCount - tree.LabelCount == labels && HaveSameHead(name, target, labels)
            ? RecordSet.Find(message.Answers, found.Owner, DnsType.Dname)
            : null;
    }

    private static bool HaveSameHead(DnsName name, DnsName target, int labels)
    {
        for (; labels > 0; labels--)
        {
            if (!name.FirstLabel.SequenceEqual(target.FirstLabel)) return false;
            (name, target) = (name.Parent, target.Parent);
        }

        return true;
    }

    private static DnsLink Bogus(string reason, DateTimeOffset now) => DnsLink.Failed(reason, now + DnsTtl.Failure);

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
