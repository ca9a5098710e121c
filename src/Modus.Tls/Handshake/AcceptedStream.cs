using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The server's side of a session; keeps the certificates that a client sends beside its own, which SslStream drops.</summary>
internal sealed class AcceptedStream(Stream inner) : SslStream(inner, leaveInnerStreamOpen: true)
{
    public X509Certificate2Collection ClientChain { get; private set; } = [];

    /// <summary>
    /// Takes any certificate, and none: who lets somebody in by one judges it, after the handshake. One method for all
    /// connections, as their options are shared.
    /// </summary>
    public static bool Take(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // What is in the chain is disposed behind this.
        if (sender is AcceptedStream stream && chain is not null)
            stream.ClientChain = [.. chain.ChainPolicy.ExtraStore.Select(static sent => X509CertificateLoader.LoadCertificate(sent.RawData))];
        return true;
    }
}
