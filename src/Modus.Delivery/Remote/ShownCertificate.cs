using System.Net.Security;
using Modus.Delivery.Queue;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>The certificate that this server serves under its own name.</summary>
internal sealed class ShownCertificate(CertificateSelector certificates, QueueOptions options) : IShownCertificate
{
    public SslStreamCertificateContext? Find() => certificates.Select(null, options.HostName, canEcdsa: true, "smtp")?.Certificate.Context;
}
