using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>Makes the options of the server's side of a handshake: once for a certificate, never for a connection. Thread-safe.</summary>
internal sealed class ServerHandshake(TlsOptions terms)
{
    // No cipher suites policy and no encryption policy: either makes the runtime forget every session (measured: none resumed).
    public SslServerAuthenticationOptions OptionsFor(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        var options = new SslServerAuthenticationOptions
        {
            // Not offline: the runtime fetches the OCSP answer in the background and staples it (RFC 6066 §8).
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: false),
            // Both, whatever the least version is: that may change while these options live, so the acceptor holds clients to it.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (terms.ClientCertificates == ClientCertificates.Optional) Ask(options);
        return options;
    }

    public SslServerAuthenticationOptions AskingOptionsFor(X509Certificate2 leaf, X509Certificate2Collection chain, ClientAsk ask)
    {
        var options = OptionsFor(leaf, chain);
        Ask(options);

        // A session that began without the question must not go on where it is asked: its client would be nobody for as long as its
        // ticket is good. The runtime has one set of tickets for a certificate and a set of versions, so the set is another
        // one here; what it is then, the acceptor has seen in the ClientHello, and sees again behind the handshake.
        options.EnabledSslProtocols = SslProtocols.None;

        // A ticket holds the client's certificate and none of the others that it sent: its chain would be open.
        if (ask == ClientAsk.Chain) options.AllowTlsResume = false;
        return options;
    }

    private static void Ask(SslServerAuthenticationOptions options)
    {
        options.ClientCertificateRequired = true; // asks; the callback is what decides, and it takes none as well
        options.RemoteCertificateValidationCallback = AcceptedStream.Take;

        // Nothing is fetched because a stranger's certificate says where.
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck,
        };
    }
}
