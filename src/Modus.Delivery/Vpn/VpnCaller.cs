using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Tls;

namespace Modus.Delivery.Vpn;

/// <summary>Posts to another gateway's https listener. Its key must be one that is known: names and authorities do not count. Thread-safe.</summary>
internal sealed class VpnCaller(IMailDns dns, TimeProvider clock)
{
    /// <summary>Where gateways answer each other.</summary>
    public const string Path = "/.well-known/modus-vpn";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public async ValueTask<VpnCall> PostAsync(string exchange, IReadOnlyList<string> keys, VpnMessage message, CancellationToken cancellationToken)
    {
        if (!VpnExchangeAddress.TryParse(exchange, out var place)) return VpnCall.Failed($"{exchange} is no place to call");
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        IPAddress? reached = null;
        string? strange = null;
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, // KB
            ConnectCallback = async (_, cancel) =>
            {
                var stream = await OutboundHttps.DialAsync(await FindAsync(place.Host, cancel), place.Port, cancel);
                reached = ((IPEndPoint)stream.Socket.RemoteEndPoint!).Address;
                return stream;
            },
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            var key = certificate is X509Certificate2 shown ? KeyPin.Of(shown) : "";
            if (keys.Contains(key)) return true;
            strange = key;
            return false;
        };
        try
        {
            using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = VpnExchange.MaxRequest };
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, VpnJson.Default.VpnMessage));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await client.PostAsync(new Uri($"https://{exchange}{Path}"), content, stop.Token);
            var body = await response.Content.ReadAsByteArrayAsync(stop.Token);
            if (response.StatusCode != HttpStatusCode.OK) return VpnCall.Failed($"{exchange} refuses: {Reason(body) ?? $"{(int)response.StatusCode}"}");
            return JsonSerializer.Deserialize(body, VpnJson.Default.VpnMessage) is { } reply && reached is not null
                ? new VpnCall(reply, reached, null)
                : VpnCall.Failed($"{exchange} answers nothing that can be read");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return VpnCall.Failed($"{exchange} does not answer in time");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or SocketException or JsonException)
        {
            return VpnCall.Failed(strange is null ? $"{exchange}: {(broken.InnerException ?? broken).Message}" : $"{exchange} shows the key {strange}, which is none that is known of it: somebody may stand between");
        }
    }

    private async ValueTask<IReadOnlyList<IPAddress>> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var address)) return [address];
        var found = await dns.FindAddressesAsync(host, cancellationToken);
        return found.Outcome == DnsOutcome.Found ? found.Records : throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{host} has no address: {found.Reason ?? $"{found.Outcome}"}");
    }

    private static string? Reason(byte[] body)
    {
        const int MaxWords = 200;
        try
        {
            var fault = JsonSerializer.Deserialize(body, VpnJson.Default.VpnRefusal)?.Fault;
            return fault is null ? null : new string([.. fault.Take(MaxWords).Where(static c => !char.IsControl(c))]);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Reply">What it answered; null when nothing that counts.</param>
/// <param name="Address">Where it was reached.</param>
/// <param name="Fault">Why not.</param>
internal sealed record VpnCall(VpnMessage? Reply, IPAddress? Address, string? Fault)
{
    public static VpnCall Failed(string fault) => new(null, null, fault);
}
