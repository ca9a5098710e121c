using Modus.Delivery.Published;

namespace Modus.Server.TlsCheck;

/// <summary>What is published, compared with what was met, in sentences.</summary>
internal static class PolicySentences
{
    /// <param name="tlsa">What DANE says.</param>
    /// <param name="visit">A visit that was verified by it; null when there was nothing to verify by.</param>
    /// <param name="target">What was checked.</param>
    /// <param name="key">SHA-256 of the key that was shown.</param>
    public static TlsCheckFinding OfTlsa(PublishedTlsa tlsa, CheckVisit? visit, CheckTarget target, string key)
    {
        var line = PublishedTlsa.LineOf(target.Name, target.EndPoint.Port, key);
        return tlsa.Meaning switch
        {
            TlsaMeaning.Verify when visit?.Step == CheckStep.Done => new(FindingLevel.Ok, $"DANE: the key is one of those that are published, signed ({tlsa.Reason})."),
            TlsaMeaning.Verify => new(FindingLevel.Fault,
                $"DANE: no record fits what was shown ({tlsa.Reason}): {visit?.Reason} Servers that heed DANE do not deliver here. This record fits: {line}"),
            TlsaMeaning.NotSigned => new(FindingLevel.Warning,
                $"DANE: there are TLSA records, but {tlsa.Reason}: nobody heeds them. Have the zone signed (DNSSEC), or take them out."),
            TlsaMeaning.Unusable => new(FindingLevel.Warning, $"DANE: {tlsa.Reason}: others must use TLS here and verify nothing. This record can be used: {line}"),
            TlsaMeaning.Untold => new(FindingLevel.Warning,
                $"DANE: nothing can be told from here, because our resolver is of no use: {tlsa.Reason}. Name one that passes DNSSEC on, in modus.json: dns.resolvers."),
            TlsaMeaning.Unknown => new(FindingLevel.Fault, $"DANE: {tlsa.Reason}. Servers that heed DANE put their mail off until this is mended."),
            _ => new(FindingLevel.Note, $"DANE: {tlsa.Reason}."),
        };
    }

    /// <summary>Whether the policy is good as such; what it says of one host is <see cref="OfStsHost"/>.</summary>
    public static TlsCheckFinding OfSts(PublishedSts sts, string domain) => sts switch
    {
        { IsUnknown: true } => new(FindingLevel.Warning, $"MTA-STS: {sts.Fault}."),
        { Fault: { } fault } => new(FindingLevel.Fault, $"MTA-STS of {domain}: {fault}."),
        { Id: null } => new(FindingLevel.Note, $"MTA-STS: {domain} publishes no policy."),
        { Counts: false } => new(FindingLevel.Note, $"MTA-STS: {domain} has taken its policy back (mode none)."),
        _ => new(FindingLevel.Ok,
            $"MTA-STS: {domain} has a policy, mode {sts.Mode}, for {string.Join(", ", sts.MxPatterns.Take(8))}; others keep it {sts.MaxAge.TotalDays:0.#} days."),
    };

    /// <returns>Null when the policy says nothing of hosts.</returns>
    public static TlsCheckFinding? OfStsHost(PublishedSts sts, string domain, string host, CheckVisit verified)
    {
        if (!sts.Counts) return null;
        var fault = !sts.Covers(host) ? $"the policy of {domain} does not name {host}"
            : verified.Step != CheckStep.Done ? $"the policy of {domain} names {host}, and the certificate does not do: {verified.Reason?.TrimEnd('.')}"
            : null;
        return fault is null
            ? new TlsCheckFinding(FindingLevel.Ok, $"MTA-STS: the policy of {domain} names {host}, and the certificate is as it must be.")
            : new TlsCheckFinding(
                sts.IsEnforced ? FindingLevel.Fault : FindingLevel.Warning,
                $"MTA-STS: {fault}. {(sts.IsEnforced ? "Servers that heed the policy do not deliver here." : "The policy is in testing: others report this, and deliver.")}");
    }
}
