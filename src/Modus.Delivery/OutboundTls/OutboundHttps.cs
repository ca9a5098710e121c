using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Dns;

namespace Modus.Delivery.OutboundTls;

/// <summary>
/// The HTTP client that fetches policies and sends reports: HTTPS alone, verified, to addresses that the server's own resolvers name; no
/// redirects, no cookies, no proxy. Thread-safe.
/// </summary>
internal sealed class OutboundHttps : IDisposable
{
    private readonly IMailDns _dns;
    private readonly int _port;

    public OutboundHttps(IMailDns dns, OutboundHttpsOptions options)
    {
        _dns = dns;
        _port = options.Port;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // RFC 8461 §3.3
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, // KB
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5), // the same host is rarely asked twice
            ConnectCallback = ConnectAsync,
        };
        if (options.Authorities is { } authorities)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        Client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // callers have deadlines
    }

    public HttpClient Client { get; }

    public void Dispose() => Client.Dispose();

    // Exceptions are what the platform's client expects of this; it hands them to the caller of the request.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var found = await _dns.FindAddressesAsync(host, cancellationToken);
        if (found.Outcome != DnsOutcome.Found) throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{host} has no address: {found.Reason ?? $"{found.Outcome}"}");
        return await DialAsync(found.Records, _port, cancellationToken);
    }

    /// <summary>A connection to the first of these addresses that takes one.</summary>
    public static async ValueTask<NetworkStream> DialAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException refused)
            {
                socket.Dispose();
                last = refused;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw last!;
    }
}
