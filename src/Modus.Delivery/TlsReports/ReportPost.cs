using System.Net.Http.Headers;
using Modus.Delivery.OutboundTls;

namespace Modus.Delivery.TlsReports;

/// <summary>Sends a report by HTTPS (RFC 8460 §5.4). Thread-safe.</summary>
internal sealed class ReportPost(OutboundHttps https, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Posts a report.</summary>
    /// <returns>Null when it was taken; else why not, in words.</returns>
    public async ValueTask<string?> SendAsync(byte[] packed, Uri uri, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(packed) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/tlsrpt+gzip");
            using var response = await https.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return response.IsSuccessStatusCode ? null : $"{uri.Host} answers {(int)response.StatusCode}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{uri.Host} does not answer in time";
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return $"{uri.Host}: {(broken.InnerException ?? broken).Message}";
        }
    }
}
