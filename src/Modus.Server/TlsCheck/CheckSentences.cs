using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Published;
using Modus.Tls;

namespace Modus.Server.TlsCheck;

/// <summary>What a check found, in sentences. Used by one check.</summary>
internal sealed class CheckSentences(CheckTarget target, TimeProvider clock)
{
    // As `modus cert check` warns: certificates of 6 days and of a year are renewed at different times.
    private const int WarningPart = 6;
    private static readonly TimeSpan LongestWarning = TimeSpan.FromDays(30);

    private readonly List<TlsCheckFinding> _all = [];

    public IReadOnlyList<TlsCheckFinding> All => _all;

    public bool Works => _all.TrueForAll(static finding => finding.Level != FindingLevel.Fault);

    public void OnFirst(CheckVisit visit)
    {
        if (visit.Session is { } session)
        {
            Add(FindingLevel.Ok, $"Encrypted: {session.ProtocolName}, {session.CipherSuite}, group {session.Group ?? "cannot be told"}.");
            return;
        }

        var what = visit.Step switch
        {
            CheckStep.Connect => "No connection",
            CheckStep.Greeting => $"This is no {target.Protocol} server, or one that does not want us",
            CheckStep.Offer => "In clear only",
            CheckStep.Masked => "The offer is masked",
            CheckStep.Refused => "TLS is offered and refused",
            _ when target.IsImplicit => "No handshake",
            _ => "TLS is offered, begins, and fails",
        };
        Add(FindingLevel.Fault, $"{what}: {visit.Reason}");
        if (visit.Step == CheckStep.Masked)
            Add(FindingLevel.Note, "Look for a firewall with SMTP inspection (\"fixup\") or a virus scanner, on either side, and switch that off.");
    }

    public void OnVersions(bool tls13, bool tls12) => Add(
        tls13 ? FindingLevel.Ok : FindingLevel.Warning,
        (tls13, tls12) switch
        {
            (true, true) => "TLS 1.3 and TLS 1.2 are offered; older versions were not tried.",
            (true, false) => "TLS 1.3 alone is offered: clients that are older than that cannot come.",
            (false, true) => "TLS 1.2 alone is offered; TLS 1.3 is missing.",
            _ => "The first connection was encrypted, those that offered one version were not: the server may count connections, or differ from one to the next.",
        });

    /// <param name="visit">A visit with verification by the authorities.</param>
    /// <param name="shown">What was shown.</param>
    /// <param name="isProven">True when DANE vouches for the key: then no authority has to (RFC 7672 §3.1.1).</param>
    public void OnVerified(CheckVisit visit, X509Certificate2 shown, bool isProven)
    {
        if (visit.Step != CheckStep.Done)
        {
            Add(
                isProven ? FindingLevel.Note : FindingLevel.Fault,
                $"The certificate is not good for {target.Name}: {visit.Reason}{(isProven ? " DANE vouches for its key; who knows no DANE does not verify." : "")}");
            return;
        }

        Add(FindingLevel.Ok, $"The certificate is good for {target.Name}: issued by {shown.Issuer}, trusted, until {shown.NotAfter.ToUniversalTime():yyyy-MM-dd}.");
        if (EndsSoon(shown, clock.GetUtcNow(), out var days)) Add(FindingLevel.Warning, $"The certificate ends in {days} days.");
    }

    /// <summary>Whether a certificate is in the last part of its time.</summary>
    public static bool EndsSoon(X509Certificate2 shown, DateTimeOffset now, out int days)
    {
        var left = shown.NotAfter.ToUniversalTime() - now.UtcDateTime;
        var sixth = (shown.NotAfter - shown.NotBefore) / WarningPart;
        days = (int)left.TotalDays;
        return left < (sixth < LongestWarning ? sixth : LongestWarning);
    }

    public void OnKeys(X509Certificate2? ecdsa, X509Certificate2? rsa, bool hasTls12)
    {
        var text = (ecdsa, rsa) switch
        {
            _ when !TlsOffer.CanChooseKeys => "Which certificate other kinds of clients get cannot be told on this machine.",
            _ when !hasTls12 => "Which certificate other kinds of clients get cannot be told without TLS 1.2.",
            (not null, not null) => "Clients get a certificate with an ECDSA key, those that cannot do ECDSA one with an RSA key.",
            (not null, null) => "There is a certificate with an ECDSA key alone: old clients without ECDSA cannot come.",
            (null, not null) => "There is a certificate with an RSA key alone.",
            _ => "Neither an ECDSA nor an RSA key is shown to clients that ask for that alone.",
        };
        Add(ecdsa is not null && rsa is null ? FindingLevel.Note : FindingLevel.Ok, text);
    }

    public void OnResumed(bool? resumed) => Add(
        resumed == false ? FindingLevel.Note : FindingLevel.Ok,
        resumed switch
        {
            true => "Sessions resume.",
            false => "Sessions do not resume: every connection costs a whole handshake.",
            null => "Whether sessions resume cannot be told.",
        });

    /// <summary>What is published, compared with what was shown.</summary>
    /// <param name="policies">What is published.</param>
    /// <param name="byDane">A visit that DANE verified; null when it has nothing to verify by.</param>
    /// <param name="verified">A visit that the authorities verified.</param>
    /// <param name="key">SHA-256 of the key.</param>
    public void OnPolicies(CheckPolicies policies, CheckVisit? byDane, CheckVisit verified, string key)
    {
        if (policies.Tlsa is { } tlsa) Add(PolicySentences.OfTlsa(tlsa, byDane, target, key));
        if (policies is not { Sts: { } sts, Domain: { } domain }) return;
        if (policies.TellsOfSts) Add(PolicySentences.OfSts(sts, domain));
        if (PolicySentences.OfStsHost(sts, domain, target.Name, verified) is { } about) Add(about);
    }

    /// <summary>The key of clients without ECDSA is not published.</summary>
    public void OnOtherKey(CheckVisit visit, string key) => Add(
        FindingLevel.Fault,
        $"DANE: no record fits the RSA key, which clients without ECDSA get: {visit.Reason} This record fits: {PublishedTlsa.LineOf(target.Name, target.EndPoint.Port, key)}");

    private void Add(TlsCheckFinding finding) => Add(finding.Level, finding.Text);

    private void Add(FindingLevel level, string text) => _all.Add(new TlsCheckFinding(level, StrangerText.Clean(text)));
}
