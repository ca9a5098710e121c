using Modus.Mail.Addresses;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>
/// What is published about TLS by the other side: DANE and MTA-STS. Answers for one domain and one of its hosts; what the owner's own
/// rules and memory say comes on top of it.
/// </summary>
internal interface IPublishedTls
{
    /// <summary>
    /// What the domain publishes by MTA-STS (RFC 8461); null when it publishes none. From the cache, or fetched; a fetch that fails
    /// leaves an unexpired policy in force (RFC 8461 §5.1).
    /// </summary>
    ValueTask<StsPolicy?> FindStsAsync(Domain domain, CancellationToken cancellationToken);

    /// <summary>
    /// What DANE (RFC 7672) says of a host, given whether its name came by an answer that is secure.
    /// </summary>
    ValueTask<DaneVerdict> FindDaneAsync(string host, int port, bool hostIsSecure, CancellationToken cancellationToken);
}

/// <summary>A fetched MTA-STS policy.</summary>
/// <param name="Id">The id of the TXT record that announced it.</param>
/// <param name="Mode">What is asked for.</param>
/// <param name="MxPatterns">The hosts that may be used.</param>
/// <param name="MaxAge">How long it may be kept.</param>
/// <param name="Lines">The policy as published, for reports (RFC 8460 §4.2).</param>
internal sealed record StsPolicy(string Id, StsMode Mode, IReadOnlyList<string> MxPatterns, TimeSpan MaxAge, IReadOnlyList<string> Lines)
{
    /// <summary>Whether a host may be used: it has one of the names, or one label in place of a wildcard (RFC 8461 §4.1).</summary>
    public bool Covers(string host) => MxPatterns.Any(pattern => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && host.AsSpan(dot).Equals(pattern.AsSpan(1), StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The modes of RFC 8461 §5.</summary>
internal enum StsMode
{
    /// <summary>As if there were none.</summary>
    None,

    /// <summary>Faults are reported and change nothing.</summary>
    Testing,

    /// <summary>Faults keep mail from being sent.</summary>
    Enforce,
}

/// <summary>What DANE says of a host.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Records">The usable records.</param>
/// <param name="Names">The names that count for DANE-TA.</param>
/// <param name="Reason">In words.</param>
internal sealed record DaneVerdict(DaneKind Kind, IReadOnlyList<TlsaRecord> Records, IReadOnlyList<string> Names, string Reason);

/// <summary>What to do about DANE.</summary>
internal enum DaneKind
{
    /// <summary>Nothing: no secure TLSA records.</summary>
    None,

    /// <summary>TLS is a must, verified by the records.</summary>
    Verify,

    /// <summary>TLS is a must, unverified: secure records, none of them usable (RFC 7672 §2.2).</summary>
    Encrypt,

    /// <summary>The host may not be used now: the question failed or the answer is bogus (RFC 7672 §2.1.2).</summary>
    Unusable,
}

/// <summary>Hears what TLS met on the way out, for the reports of RFC 8460. Must be quick, and never fails its caller.</summary>
internal interface ITlsReportSink
{
    /// <summary>Takes one try at one host.</summary>
    void OnTry(TlsTry attempt);
}

/// <summary>One try at a host, as RFC 8460 §4 counts it.</summary>
/// <param name="Domain">Whose policy it was about: the recipients' domain.</param>
/// <param name="At">When.</param>
/// <param name="Sts">The MTA-STS policy in force, if any.</param>
/// <param name="Dane">The TLSA records in force, if any.</param>
/// <param name="Host">The host.</param>
/// <param name="SourceAddress">Our address, if known.</param>
/// <param name="HostAddress">Its address.</param>
/// <param name="ResultType">Null for a session that is as the policy wants it; else the result type of RFC 8460 §4.3, such as <c>starttls-not-supported</c>.</param>
/// <param name="Detail">In words.</param>
internal sealed record TlsTry(
    Domain Domain,
    DateTimeOffset At,
    StsPolicy? Sts,
    DaneVerdict? Dane,
    string Host,
    System.Net.IPAddress? SourceAddress,
    System.Net.IPAddress? HostAddress,
    string? ResultType,
    string? Detail);
