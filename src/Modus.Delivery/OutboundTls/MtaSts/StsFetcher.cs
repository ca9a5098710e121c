using System.Net;
using System.Security.Authentication;
using Modus.Mail.Addresses;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>A fetched policy, or what went wrong, in a result type of RFC 8460 §4.3.2.2 and in words.</summary>
internal sealed record StsFetch(StsPolicy? Policy, string? ResultType, string? Detail)
{
    public const string FetchError = "sts-policy-fetch-error";
    public const string Invalid = "sts-policy-invalid";
    public const string NotTrusted = "sts-webpki-invalid";
}

/// <summary>Fetches policies (RFC 8461 §3.3). Thread-safe.</summary>
internal interface IStsFetcher
{
    /// <summary>Fetches the policy of a domain, which was announced with an id. Nothing is thrown for what the other side does.</summary>
    ValueTask<StsFetch> FetchAsync(Domain domain, string id, CancellationToken cancellationToken);
}

/// <summary>Fetches policies by HTTPS. Thread-safe.</summary>
internal sealed class StsFetcher(OutboundHttps https, TimeProvider clock) : IStsFetcher, IDisposable
{
    // RFC 8461 §3.3 suggests a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    // A mailing to many domains must not open as many connections.
    private readonly SemaphoreSlim _room = new(20);

    /// <summary>The host that has a domain's policy.</summary>
    public static string HostOf(Domain domain) => "mta-sts." + domain.Name;

    public async ValueTask<StsFetch> FetchAsync(Domain domain, string id, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var uri = new UriBuilder(Uri.UriSchemeHttps, HostOf(domain)) { Path = "/.well-known/mta-sts.txt" }.Uri;
            using var request = new HttpRequestMessage(HttpMethod.Get, uri);
            using var response = await https.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            if (response.StatusCode != HttpStatusCode.OK) return Failed($"{uri} answers {(int)response.StatusCode}");
            if (response.Content.Headers.ContentType?.MediaType is not "text/plain")
                return new StsFetch(null, StsFetch.Invalid, $"{uri} is no text/plain");
            return await ReadAsync(id, response, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"{HostOf(domain)} does not answer in time");
        }
        catch (HttpRequestException untrusted) when (untrusted.InnerException is AuthenticationException reason)
        {
            return new StsFetch(null, StsFetch.NotTrusted, $"{HostOf(domain)}: {reason.Message}");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            return Failed($"{HostOf(domain)}: {(broken.InnerException ?? broken).Message}");
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private static StsFetch Failed(string detail) => new(null, StsFetch.FetchError, detail);

    private static async ValueTask<StsFetch> ReadAsync(string id, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[StsText.MaxPolicy + 1];
        var length = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > StsText.MaxPolicy) return new StsFetch(null, StsFetch.Invalid, $"the policy is longer than {StsText.MaxPolicy} octets");
        var (policy, fault) = StsText.Parse(id, buffer.AsSpan(0, length));
        return policy is null ? new StsFetch(null, StsFetch.Invalid, fault) : new StsFetch(policy, null, null);
    }
}
