using System.Net;

namespace Modus.Delivery.Authentication;

/// <summary>How mail from other servers is checked. Read once, when the services are registered.</summary>
public sealed class AuthenticationOptions
{
    /// <summary>False: nothing is checked and nothing stamped. Default true.</summary>
    public bool Check { get; set; } = true;

    /// <summary>
    /// True: mail that fails DMARC is refused or put into Junk where the policy of its author's domain asks for that. False: it is
    /// stamped and filed like any other. Default true.
    /// </summary>
    public bool Enforce { get; set; } = true;

    /// <summary>
    /// How long all checks of one message may take together, while its sender waits; what is not known by then is a temporary error.
    /// Default 10 s: a sender waits ten minutes (RFC 5321 §4.5.3.2.6), and RFC 7208 §4.6.4 gives SPF alone 20 s.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Hosts of ours that pass on mail which they received from others: it is not checked again, and what it says of earlier checks
    /// stays. Default: this machine.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedRelays { get; set; } = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];
}
