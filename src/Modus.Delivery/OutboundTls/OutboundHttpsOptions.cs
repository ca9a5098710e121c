using System.Security.Cryptography.X509Certificates;

namespace Modus.Delivery.OutboundTls;

/// <summary>How policies are fetched and reports are sent by HTTPS. Read once, when the services are registered.</summary>
public sealed class OutboundHttpsOptions
{
    /// <summary>The port. Default 443, which is the only one that the RFCs know; another is for tests.</summary>
    public int Port { get; set; } = 443;

    /// <summary>The authorities that are trusted in place of the system's; null for those.</summary>
    public X509Certificate2Collection? Authorities { get; set; }
}
