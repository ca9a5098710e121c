using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Spf;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>What came of one domain in From.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">In words; null when there is nothing to say.</param>
internal sealed record DmarcResult(Domain Domain, AuthenticationOutcome Outcome, string? Reason = null)
{
    /// <summary>The policy that its record has for it; null when there is none.</summary>
    public DmarcPolicy? Published { get; init; }

    /// <summary>What its owner asks to be done now: nothing unless the outcome is a failure.</summary>
    public DmarcPolicy Applies { get; init; }
}

/// <summary>Compares who a message says it is from with who proved to have sent it (RFC 9989 §4, §5.3). Thread-safe.</summary>
internal sealed class DmarcVerifier(IMailDns dns)
{
    /// <summary>Judges one domain in From.</summary>
    /// <param name="walk">The records at the domain and above it.</param>
    /// <param name="author">The domain.</param>
    /// <param name="signatures">What came of the DKIM signatures.</param>
    /// <param name="spf">What came of SPF.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<DmarcResult> VerifyAsync(
        TreeWalk walk, Domain author, IReadOnlyList<DkimResult> signatures, SpfResult spf, CancellationToken cancellationToken)
    {
        var (record, policy, isKnown) = await FindPolicyAsync(walk, cancellationToken);
        if (record is null || !record.HasPolicy)
        {
            return walk.IsWhole
                ? new DmarcResult(author, AuthenticationOutcome.None)
                : new DmarcResult(author, AuthenticationOutcome.TempError, "the DNS did not answer for the policy");
        }

        var result = new DmarcResult(author, AuthenticationOutcome.Pass) { Published = policy };
        var isAnybodyUnknown = !isKnown;
        foreach (var (domain, outcome, isStrict) in Identities(record, signatures, spf))
        {
            if (outcome is not (AuthenticationOutcome.Pass or AuthenticationOutcome.TempError)) continue;
            var isAligned = await IsAlignedAsync(walk, domain, isStrict, cancellationToken);
            if (isAligned == true && outcome == AuthenticationOutcome.Pass) return result;
            isAnybodyUnknown |= isAligned != false;
        }

        // Something that might have passed could not be looked up now: that is no failure.
        return isAnybodyUnknown
            ? result with { Outcome = AuthenticationOutcome.TempError, Reason = "the DNS did not answer" }
            : result with { Outcome = AuthenticationOutcome.Fail, Applies = record.IsTest ? policy.Less() : policy };
    }

    // RFC 9989 §4.10.1: at the domain, at its organization's, at the suffix that this was registered below
    private async ValueTask<(DmarcRecord? Record, DmarcPolicy Policy, bool IsKnown)> FindPolicyAsync(TreeWalk walk, CancellationToken cancellationToken)
    {
        if (walk.OwnRecord is { } own) return (own, own.Policy, true);
        if ((walk.Find(walk.OrganizationalDomain) ?? walk.FindSuffixRecord()) is not { } above) return (null, default, walk.IsWhole);

        // A record between that did not come may be the one that counts.
        if (!walk.IsWhole) return (null, default, false);
        if (above.SubdomainPolicy == above.NonExistentPolicy) return (above, above.SubdomainPolicy, true);

        // RFC 9989 §3.2.13: a domain does not exist when the answer to any question is NXDOMAIN
        var existence = await dns.FindTextAsync(walk.Start, cancellationToken);
        var policy = existence.Outcome == DnsOutcome.NoName ? above.NonExistentPolicy : above.SubdomainPolicy;
        return (above, policy, existence.Outcome != DnsOutcome.Failed);
    }

    private static IEnumerable<(Domain Domain, AuthenticationOutcome Outcome, bool IsStrict)> Identities(
        DmarcRecord record, IReadOnlyList<DkimResult> signatures, SpfResult spf)
    {
        foreach (var signature in signatures)
            if (signature.Domain is { } domain) yield return (domain, signature.Outcome, record.IsStrictDkim);
        if (spf.Domain is { } sender) yield return (sender, spf.Outcome, record.IsStrictSpf);
    }

    // RFC 9989 §4.4. Null: the DNS did not say. A domain that is not below the author's organization belongs to another one in any
    // case, so that no stranger's name is asked about.
    private async ValueTask<bool?> IsAlignedAsync(TreeWalk walk, Domain domain, bool isStrict, CancellationToken cancellationToken)
    {
        if (domain.Name == walk.Start) return true;
        if (isStrict) return false;
        var organization = walk.OrganizationalDomain;
        if (!walk.IsWhole) return MayBeOneOrganization(walk.Start, domain.Name) ? null : false;
        if (domain.Name == organization) return true;
        if (!domain.Name.EndsWith('.' + organization, StringComparison.Ordinal)) return false;
        var other = await TreeWalk.RunAsync(dns, domain, cancellationToken);
        return other.IsWhole ? other.OrganizationalDomain == organization : null;
    }

    // At least the top label is one.
    private static bool MayBeOneOrganization(string one, string other) =>
        one[(one.LastIndexOf('.') + 1)..] == other[(other.LastIndexOf('.') + 1)..];
}
