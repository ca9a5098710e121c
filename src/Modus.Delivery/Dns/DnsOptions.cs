using System.Net;

namespace Modus.Delivery.Dns;

/// <summary>How the DNS is asked. Read once, when the services are registered.</summary>
public sealed class DnsOptions
{
    /// <summary>
    /// The resolvers in the order in which they are asked; called for every question that the cache does not answer, so that a change
    /// takes effect at once. Must be quick. Default: this machine, port 53.
    /// </summary>
    public Func<IReadOnlyList<IPEndPoint>> Resolvers { get; set; } = static () => [new IPEndPoint(IPAddress.Loopback, 53)];

    /// <summary>How long one resolver may take for one question. Default 3 s; the rest of a question's time goes to the next one.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often the list of resolvers is gone through. Default 2, as resolv.conf(5).</summary>
    public int Attempts { get; set; } = 2;

    /// <summary>Who validates DNSSEC.</summary>
    public DnsValidation Validation { get; set; } = DnsValidation.Here;

    /// <summary>The keys that validation begins with. Default: the root's, as IANA publishes them.</summary>
    public DnsTrustAnchors TrustAnchors { get; set; } = DnsTrustAnchors.Root;

    /// <summary>Answers that are kept at most. Default 20,000: some 20 MB.</summary>
    public int MaxCachedAnswers { get; set; } = 20_000;

    /// <summary>Questions to resolvers at once; more wait. Default 200.</summary>
    public int MaxConcurrentQuestions { get; set; } = 200;
}

/// <summary>Who validates DNSSEC.</summary>
public enum DnsValidation
{
    /// <summary>This process, from the trust anchors down. What fails is no answer; a resolver that leaves out signatures is of no use.</summary>
    Here,

    /// <summary>
    /// The resolver: its word (the AD bit) counts when it is asked at a loopback address, never over a network (RFC 7672 §2.1.1 has no
    /// use for one that can be forged).
    /// </summary>
    Resolver,

    /// <summary>Nobody: no answer is secure, and there is no DANE.</summary>
    Off,
}
