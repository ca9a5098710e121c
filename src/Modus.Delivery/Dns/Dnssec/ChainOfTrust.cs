using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>
/// Walks from a trust anchor down to the zone that a name is in, label by label: at each one the zone above says, signed, whether
/// another zone begins there (RFC 4035 §5). What was found is kept. Thread-safe.
/// </summary>
internal sealed class ChainOfTrust(IDnsUpstream upstream, DnsOptions options, TimeProvider clock, ILogger<ChainOfTrust> log)
{
    /// <summary>What is asked of a resolver whose answers are proven here (RFC 6840 §5.9).</summary>
    public const DnsQuestionFlags Flags = DnsQuestionFlags.RecursionDesired | DnsQuestionFlags.CheckingDisabled | DnsQuestionFlags.DnssecOk;

    private static readonly TimeSpan ComplainsEvery = TimeSpan.FromMinutes(10);

    // Zones are few; names that are asked about are as many as answers.
    private readonly ExpiringCache<DnsName, ZoneTrust> _zones = new(Math.Max(options.MaxCachedAnswers / 4, 1), clock);
    private readonly ExpiringCache<DnsName, ZoneCut> _cuts = new(options.MaxCachedAnswers, clock);

    private DateTimeOffset _complainedAt = DateTimeOffset.MinValue;

    /// <summary>What is known of the zone that a name is in; of a zone's apex, the zone itself.</summary>
    public async ValueTask<ZoneTrust> FindZoneAsync(DnsName name, QuestionBudget budget, CancellationToken cancellationToken)
    {
        if (options.TrustAnchors.FindAbove(name) is not { } anchor) return new ZoneTrust(null, null, clock.GetUtcNow() + DnsTtl.Of(uint.MaxValue));
        var trust = await FindKeysAsync(anchor.Name, anchor.Signers, DateTimeOffset.MaxValue, budget, cancellationToken);
        for (var labels = anchor.Name.LabelCount + 1; labels <= name.LabelCount && trust.Zone is { } zone; labels++)
        {
            var below = name.Suffix(labels);
            var cut = await FindCutAsync(zone, below, budget, cancellationToken);
            switch (cut.Kind)
            {
                case CutKind.Signed: trust = await FindKeysAsync(below, cut.Signers, cut.Expires, budget, cancellationToken); break;
                case CutKind.Unsigned: return new ZoneTrust(null, null, cut.Expires);
                case CutKind.Failed: return new ZoneTrust(null, cut.Fault, cut.Expires);
                case CutKind.NoName: return trust;
            }
        }

        return trust;
    }

    private async ValueTask<ZoneTrust> FindKeysAsync(
        DnsName apex, IReadOnlyList<DelegationSigner> signers, DateTimeOffset most, QuestionBudget budget, CancellationToken cancellationToken)
    {
        if (_zones.TryGet(apex, out var known)) return known;
        var reply = await AskAsync(apex, DnsType.Dnskey, budget, cancellationToken);
        var trust = reply.Message is { } message ? JudgeKeys(apex, signers, message, budget) : new ZoneTrust(null, reply.Reason, Soon());
        if (trust.Expires > most) trust = trust with { Expires = most };
        _zones.Put(apex, trust, trust.Expires);
        return trust;
    }

    // A key that the zone above vouches for must sign all keys (RFC 4035 §5.2); then all of them are the zone's.
    private ZoneTrust JudgeKeys(DnsName apex, IReadOnlyList<DelegationSigner> signers, DnsMessage message, QuestionBudget budget)
    {
        var now = clock.GetUtcNow();
        var set = RecordSet.Find(message.Answers, apex, DnsType.Dnskey);
        if (set is null || set.Signer is null)
        {
            var missing = $"there are no signed keys of {SecureZone.Word(apex)}";
            if (apex.IsRoot) Complain(missing, now);
            return new ZoneTrust(null, missing, Soon());
        }

        var keys = set.Records.Select(static record => ZoneKey.From(record.Content)).OfType<ZoneKey>().ToList();
        var vouched = keys.Where(key => signers.Any(signer => signer.Vouches(apex, key))).ToList();
        if (vouched.Count == 0) return new ZoneTrust(null, $"no key of {SecureZone.Word(apex)} is one that is vouched for", Soon());
        var (signature, reason) = new SecureZone(apex, vouched).Verify(set, now, budget);
        return signature is null
            ? new ZoneTrust(null, reason, Soon())
            : new ZoneTrust(new SecureZone(apex, keys), null, now + DnsTtl.Of(SecureZone.TtlOf(set, signature, now)));
    }

    private async ValueTask<ZoneCut> FindCutAsync(SecureZone zone, DnsName name, QuestionBudget budget, CancellationToken cancellationToken)
    {
        if (_cuts.TryGet(name, out var known)) return known;
        var reply = await AskAsync(name, DnsType.Ds, budget, cancellationToken);
        var cut = reply.Message is { } message ? JudgeCut(zone, name, message, budget) : new ZoneCut(CutKind.Failed, [], reply.Reason, Soon());
        _cuts.Put(name, cut, cut.Expires);
        return cut;
    }

    private ZoneCut JudgeCut(SecureZone zone, DnsName name, DnsMessage message, QuestionBudget budget)
    {
        var now = clock.GetUtcNow();
        if (RecordSet.Find(message.Answers, name, DnsType.Ds) is { } set)
        {
            var (signature, reason) = zone.Verify(set, now, budget);
            if (signature is null) return new ZoneCut(CutKind.Failed, [], reason, Soon());
            var signers = set.Records.Select(static record => DelegationSigner.FromDigest(record.Content)).OfType<DelegationSigner>()
                .Where(static signer => signer.IsUsable).ToList();
            var expires = now + DnsTtl.Of(SecureZone.TtlOf(set, signature, now));
            return new ZoneCut(signers.Count == 0 ? CutKind.Unsigned : CutKind.Signed, signers, null, expires);
        }

        // No zone begins at a name that has an alias, or that is below a DNAME.
        var alias = RecordSet.Find(message.Answers, name, DnsType.Cname);
        if (alias is { Signer: null }) alias = FindTreeAlias(message, name);
        if (alias is not null)
        {
            var (signature, reason) = zone.Verify(alias, now, budget);
            return signature is null
                ? new ZoneCut(CutKind.Failed, [], reason, Soon())
                : new ZoneCut(CutKind.None, [], null, now + DnsTtl.Of(SecureZone.TtlOf(alias, signature, now)));
        }

        var proof = DenialProof.From(zone, message, now, budget);
        var denial = proof.Records?.Prove(name, DnsType.Ds) ?? default;
        var until = now + DnsTtl.OfDenial(proof.Ttl);
        return denial.What switch
        {
            Denied.Type => new ZoneCut(denial.IsDelegation ? CutKind.Unsigned : CutKind.None, [], null, until),
            Denied.Name => new ZoneCut(CutKind.NoName, [], null, until),
            Denied.Unsigned => new ZoneCut(CutKind.Unsigned, [], null, until),
            _ => new ZoneCut(CutKind.Failed, [], $"{SecureZone.Word(zone.Apex)} proves not whether {name} is signed", Soon()),
        };
    }

    // Everything fails then, and all of it for this one reason.
    private void Complain(string reason, DateTimeOffset now)
    {
        if (now - _complainedAt < ComplainsEvery) return;
        _complainedAt = now;
        DnsLog.NoSignatures(log, reason);
    }

    private static RecordSet? FindTreeAlias(DnsMessage message, DnsName name) =>
        message.Answers.FirstOrDefault(record => record.Type == DnsType.Dname && name.IsBelow(record.Owner)) is { } found
            ? RecordSet.Find(message.Answers, found.Owner, DnsType.Dname)
            : null;

    private async ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, QuestionBudget budget, CancellationToken cancellationToken) =>
        budget.TryAsk()
            ? await upstream.AskAsync(name, type, Flags, cancellationToken)
            : new UpstreamReply(null, null, "the answer costs too many questions");

    private DateTimeOffset Soon() => clock.GetUtcNow() + DnsTtl.Failure;
}
