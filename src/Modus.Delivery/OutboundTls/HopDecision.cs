using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Queue;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>
/// Decides on which terms mail goes to a next hop. Pure. The first that has something to say decides:
/// <code>
/// 1 the owner      a peer rule, the level of a route, a pinned key; a login, which never goes in clear
/// 2 the sender     TLS-Required: No lowers 3 and 4 (RFC 8689 §4.2.2)
/// 3 DANE           secure TLSA records
/// 4 MTA-STS        the domain's policy
/// 5 opportunistic  TLS when it is offered, and clear when it breaks; what is remembered saves the try
/// </code>
/// REQUIRETLS raises whatever came of it (RFC 8689 §4.2.1).
/// </summary>
internal static class HopDecision
{
    // By the text's identity: a rule is asked for often and changes seldom.
    private static readonly ConditionalWeakTable<string, X509Certificate2Collection> Authorities = [];

    public static HopTerms Decide(HopFacts facts)
    {
        var terms = ByOwner(facts) ?? BySender(facts) ?? ByDane(facts) ?? BySts(facts)
            ?? Opportunistic(facts, "opportunistic", "no policy says otherwise");
        return facts.Demand == TlsDemand.Required ? Raise(terms, facts) : terms;
    }

    private static HopTerms? ByOwner(HopFacts facts)
    {
        var level = (PeerLevel)Math.Max((int)(facts.Rule?.Level ?? PeerLevel.May), (int)(facts.RouteLevel ?? PeerLevel.May));
        var terms = Must(facts, new TlsVerification.None(), OwnersPolicy(facts, level), OwnersWords(facts, level)) with
        {
            ShowCertificate = facts.Rule?.ShowCertificate ?? false,
        };
        if (level == PeerLevel.Pin) return terms with { Verification = new TlsVerification.Pin(facts.Rule!.Pins) };
        if (facts.Memory?.PinnedKey is { } pinned)
        {
            return terms with
            {
                Verification = new TlsVerification.Pin([pinned]), Policy = "pinned key", Why = "an administrator pinned the key of this host",
            };
        }

        if (level == PeerLevel.Verify) return terms with { Verification = WebPki(facts) };
        if (facts.HasLogin && level < PeerLevel.Encrypt)
        {
            var dane = facts.Dane is { Kind: DaneKind.Verify or DaneKind.Unusable } ? ByDane(facts) : null;
            return (dane ?? terms with { Verification = WebPki(facts) }) with { Why = "a password goes to a verified host only, and never in clear" };
        }

        if (level == PeerLevel.Encrypt) return terms;
        return facts.Rule is null && facts.RouteLevel is null
            ? null
            : Opportunistic(facts, terms.Policy, terms.Why) with { ShowCertificate = terms.ShowCertificate };
    }

    private static HopTerms? BySender(HopFacts facts) => facts.Demand == TlsDemand.NotRequired
        ? Opportunistic(facts, "tls-required: no", "the sender wants it delivered rather than encrypted (TLS-Required: No)")
        : null;

    private static HopTerms? ByDane(HopFacts facts) => facts.Dane switch
    {
        { Kind: DaneKind.Verify } dane => Must(facts, new TlsVerification.Dane(dane.Records, dane.Names), "dane", dane.Reason),
        // TLSA records of which none can be used make TLS a must all the same (RFC 7672 §2.2); a policy of MTA-STS adds to it.
        { Kind: DaneKind.Encrypt } dane => facts.Sts is { Mode: StsMode.Enforce }
            ? BySts(facts)
            : Must(facts, new TlsVerification.None(), "dane", dane.Reason),
        { Kind: DaneKind.Unusable } dane => Refuse("dane", dane.Reason) with { IsDnsRefusal = true },
        _ => null,
    };

    private static HopTerms? BySts(HopFacts facts)
    {
        if (facts.Sts is not { Mode: not StsMode.None } policy || facts.Origin != HopOrigin.Dns) return null;
        if (policy.Mode == StsMode.Enforce)
        {
            return policy.Covers(facts.Host)
                ? Must(facts, WebPki(facts), "mta-sts", $"the MTA-STS policy {policy.Id} demands a certificate for {facts.Host}")
                : Refuse("mta-sts", $"the MTA-STS policy {policy.Id} does not name the host {facts.Host}");
        }

        // Testing (RFC 8461 §5): what fails is reported, and changes nothing.
        var terms = Opportunistic(facts, "mta-sts, testing", $"the MTA-STS policy {policy.Id} is being tested");
        return policy.Covers(facts.Host) && terms.Use == SmtpTlsUse.WhenOffered
            ? terms with { Verification = WebPki(facts), Next = terms, IsTrial = true }
            : terms;
    }

    private static HopTerms Opportunistic(HopFacts facts, string policy, string why)
    {
        var terms = new HopTerms { Use = SmtpTlsUse.WhenOffered, Policy = policy, Why = why };
        if (facts.IsImplicit) return terms with { Use = SmtpTlsUse.Implicit };
        if (facts.HopAsksForTls) return terms with { Use = SmtpTlsUse.Required, Why = "the host asks for TLS" };
        if (facts.IsTrusted && facts.Downgrade == TlsDowngrade.Hold)
        {
            return terms with
            {
                Use = SmtpTlsUse.Required, OnFailure = TlsFailureMeans.Hold,
                Why = $"the host spoke TLS on {facts.Memory?.TlsDays} days, and mail is held rather than sent without it",
            };
        }

        var clear = terms with { Use = SmtpTlsUse.Never, AlarmInClear = facts.IsTrusted && facts.Downgrade == TlsDowngrade.Report };
        if (facts.AvoidTls) return clear with { Why = Remembered(facts.Memory) };
        return terms with { Next = clear with { Why = "TLS failed, and no policy demands it" }, AlarmInClear = clear.AlarmInClear };
    }

    private static HopTerms Raise(HopTerms terms, HopFacts facts)
    {
        const string Demand = "the sender demands TLS with a verified server (REQUIRETLS)";
        if (terms.Refusal is not null) return terms.IsDnsRefusal ? terms : terms with { OnFailure = TlsFailureMeans.Fail };
        if (!IsNameTrusted(facts))
        {
            return Refuse("requiretls", $"{Demand}, and neither DNSSEC nor MTA-STS vouches for the name {facts.Host}") with
            {
                OnFailure = TlsFailureMeans.Fail,
            };
        }

        var isRaised = terms.Verification is TlsVerification.None || !terms.NeedsTls;
        return terms with
        {
            Use = facts.IsImplicit ? SmtpTlsUse.Implicit : SmtpTlsUse.Required,
            Verification = terms.Verification is TlsVerification.None ? WebPki(facts) : terms.Verification,
            Policy = isRaised ? "requiretls" : terms.Policy,
            Why = isRaised ? Demand : $"{terms.Why}, and {Demand}",
            OnFailure = TlsFailureMeans.Fail,
            Next = null,
            IsTrial = false,
            AlarmInClear = false,
        };
    }

    // RFC 8689 §4.2.1 step 2: a name from the DNS alone is anybody's. What the owner wrote down is not from the DNS.
    private static bool IsNameTrusted(HopFacts facts) =>
        facts.Origin != HopOrigin.Dns
        || facts.IsNameSecure
        || facts.Rule is { Level: PeerLevel.Pin } or { MxPattern: not null }
        || facts.Memory?.PinnedKey is not null
        || HasNames(facts)
        || (facts.Sts is { Mode: not StsMode.None } policy && policy.Covers(facts.Host));

    private static HopTerms Must(HopFacts facts, TlsVerification verification, string policy, string why) => new()
    {
        Use = facts.IsImplicit ? SmtpTlsUse.Implicit : SmtpTlsUse.Required, Verification = verification, Policy = policy, Why = why,
    };

    private static HopTerms Refuse(string policy, string reason) =>
        new() { Use = SmtpTlsUse.Required, Policy = policy, Why = reason, Refusal = reason };

    private static TlsVerification.WebPki WebPki(HopFacts facts)
    {
        var authorities = facts.Rule?.Authorities is { } pem ? Authorities.GetValue(pem, static text => Read(text)) : null;
        return new TlsVerification.WebPki(HasNames(facts) ? facts.Rule!.Names : [facts.Host], authorities);
    }

    // The owner knows the peer's names better than the DNS does.
    private static bool HasNames(HopFacts facts) => facts.Rule is { Level: PeerLevel.Verify, Names.Count: > 0 };

    private static X509Certificate2Collection Read(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities;
    }

    private static string OwnersPolicy(HopFacts facts, PeerLevel level) =>
        facts.Rule is { } rule && (rule.Level == level || facts.Route is null) ? $"peer rule {rule.Name}" : $"route {facts.Route}";

    private static string OwnersWords(HopFacts facts, PeerLevel level) => $"{OwnersPolicy(facts, level)} says {level}".ToLowerInvariant();

    private static string Remembered(HopRecord? memory) => string.Create(
        CultureInfo.InvariantCulture,
        $"TLS with it broke on {memory?.BrokenAt:u} ({memory?.BreakText}) and is not tried again before {memory?.BrokenUntil:u}");
}
