using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Composition;

namespace Modus.Server.Acme;

/// <summary>Makes the HTTP client that an authority is asked by.</summary>
internal static class AcmeHttp
{
    // An authority that computes answers with a poll, not by keeping the connection.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <param name="roots">PEM: the only authorities that are trusted; null for those of the system.</param>
    public static HttpClient Create(string? roots)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // a signed request is good for the URL that it names alone (RFC 8555 §6.4)
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 32, // KB
        };
        if (roots is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPem(roots);
        }

        var client = new HttpClient(handler) { Timeout = Patience };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"modus/{ModusHost.Version}"); // RFC 8555 §6.1
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        return client;
    }
}
