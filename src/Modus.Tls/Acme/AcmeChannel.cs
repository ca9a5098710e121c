using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Tls;

/// <summary>A reply of the authority that is not a problem.</summary>
/// <param name="Body">Its body.</param>
/// <param name="Location">Its Location field.</param>
/// <param name="RetryAfter">When to ask again.</param>
internal sealed record AcmeReply(byte[] Body, Uri? Location, TimeSpan? RetryAfter);

/// <summary>
/// Signed requests to one authority (RFC 8555 §6): nonces, problems, waits. Used by one run at a time.
/// </summary>
/// <param name="http">Asks.</param>
/// <param name="signer">Signs; null where nothing but unsigned things are asked.</param>
/// <param name="clock">The time.</param>
internal sealed class AcmeChannel(HttpClient http, RequestSigner? signer, TimeProvider clock)
{
    private const int MaxBadNonces = 10;            // RFC 8555 §6.5: retry; an authority that refuses ten has no good ones
    private const int MaxBody = 256 * 1024;         // a chain of ten certificates has 20 KB
    private const int MaxSubproblems = 100;         // one for each name of an order
    private const int MaxText = 2000;               // what somebody reads; it goes to logs
    private const string ProblemPrefix = "urn:ietf:params:acme:error:";

    private Uri? _newNonce;
    private string? _nonce;

    public async Task<AcmeAnswer<DirectoryResource>> OpenAsync(Uri directory, CancellationToken cancellationToken)
    {
        if (!IsHttps(directory)) return new AcmeFault(AcmeFaultKind.Refused, $"{directory} is no https URL."); // RFC 8555 §6.1
        var reply = await GetAsync(directory, cancellationToken);
        if (!reply.IsGood) return reply.Fault;
        var parsed = Parse(reply.Value, AcmeJson.Default.DirectoryResource);
        if (parsed.IsGood) _newNonce = parsed.Value.NewNonce;
        return parsed.IsGood && _newNonce is null ? Malformed($"{directory} is no directory of an ACME server") : parsed;
    }

    /// <summary>A GET, unsigned.</summary>
    public async Task<AcmeAnswer<AcmeReply>> GetAsync(Uri url, CancellationToken cancellationToken) => IsHttps(url)
        ? await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, url), cancellationToken)
        : Malformed("a URL is not https");

    /// <summary>A signed POST; with an empty payload POST-as-GET.</summary>
    public async Task<AcmeAnswer<AcmeReply>> PostAsync(Uri? url, byte[] payload, CancellationToken cancellationToken)
    {
        if (!IsHttps(url)) return Malformed("a URL is missing or not https"); // RFC 8555 §6.1
        for (var refused = 0; ; refused++)
        {
            if (_nonce is null && await RenewNonceAsync(cancellationToken) is { } fault) return fault;
            var nonce = _nonce!;
            _nonce = null;
            var reply = await SendAsync(() => ToRequest(url, signer!.Sign(url, nonce, payload)), cancellationToken);
            if (reply.Fault?.Type != "badNonce" || refused == MaxBadNonces) return reply;
        }
    }

    public static AcmeAnswer<T> Parse<T>(AcmeReply reply, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(reply.Body, type) is { } value ? value : Malformed("the answer is empty");
        }
        catch (JsonException fault)
        {
            return Malformed(fault.Message);
        }
    }

    public static AcmeFault Malformed(string text) => new(AcmeFaultKind.Malformed, $"The authority's answer cannot be used: {text}");

    /// <summary>A problem document as a fault.</summary>
    public static AcmeFault ToFault(Problem problem)
    {
        var type = problem.Type?.StartsWith(ProblemPrefix, StringComparison.Ordinal) == true ? problem.Type[ProblemPrefix.Length..] : null;
        var kind = type switch
        {
            "rateLimited" => AcmeFaultKind.RateLimited,
            "serverInternal" => AcmeFaultKind.Unavailable,
            "badNonce" => AcmeFaultKind.Unavailable,
            "connection" or "dns" or "tls" or "unauthorized" or "incorrectResponse" or "caa" => AcmeFaultKind.NotValidated,
            _ => AcmeFaultKind.Refused,
        };
        var parts = (problem.Subproblems ?? []).OfType<Problem>().Take(MaxSubproblems).ToArray();
        var text = string.Join(" ", parts.Select(static part => $"{part.Identifier?.Value}: {part.Detail}").Prepend(problem.Detail ?? type ?? "no reason given"));
        return new AcmeFault(kind, text.Length > MaxText ? text[..MaxText] : text)
        {
            Type = type,
            Names = [.. parts.Select(static part => part.Identifier?.Value).OfType<string>()],
        };
    }

    private static bool IsHttps([NotNullWhen(true)] Uri? url) => url is { IsAbsoluteUri: true } && url.Scheme == Uri.UriSchemeHttps;

    private static HttpRequestMessage ToRequest(Uri url, SignedRequest signed)
    {
        var content = new ByteArrayContent(RequestSigner.Serialize(signed, AcmeJson.Default.SignedRequest));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json"); // RFC 8555 §6.2
        return new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
    }

    private async Task<AcmeFault?> RenewNonceAsync(CancellationToken cancellationToken)
    {
        if (!IsHttps(_newNonce)) return Malformed("newNonce is no https URL");
        var reply = await SendAsync(() => new HttpRequestMessage(HttpMethod.Head, _newNonce), cancellationToken);
        if (!reply.IsGood) return reply.Fault;
        return _nonce is null ? Malformed("there is no Replay-Nonce") : null;
    }

    private async Task<AcmeAnswer<AcmeReply>> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        try
        {
            using var request = make();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.Headers.TryGetValues("Replay-Nonce", out var nonces)) _nonce = nonces.FirstOrDefault();
            var wait = RetryAfter(response.Headers.RetryAfter);
            var body = await ReadBodyAsync(response.Content, cancellationToken);
            if (body is null) return Malformed($"it is longer than {MaxBody} bytes");
            return response.IsSuccessStatusCode
                ? new AcmeReply(body, Absolute(request.RequestUri!, response.Headers.Location), wait)
                : ToFault(response.StatusCode, body) with { RetryAfter = wait };
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new AcmeFault(AcmeFaultKind.Unavailable, $"The authority cannot be reached: {fault.GetBaseException().Message}");
        }
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            body.Write(buffer, 0, count);
            if (body.Length > MaxBody) return null;
        }

        return body.ToArray();
    }

    private static AcmeFault ToFault(HttpStatusCode status, byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, AcmeJson.Default.Problem) is { Type: not null } problem) return ToFault(problem);
        }
        catch (JsonException)
        {
            // No problem document: the status must do.
        }

        var kind = (int)status >= 500 || status == HttpStatusCode.RequestTimeout
            ? AcmeFaultKind.Unavailable
            : status == HttpStatusCode.TooManyRequests ? AcmeFaultKind.RateLimited : AcmeFaultKind.Refused;
        return new AcmeFault(kind, string.Create(CultureInfo.InvariantCulture, $"The authority answers {(int)status} {status}."));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? field)
    {
        var wait = field?.Delta ?? (field?.Date - clock.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static Uri? Absolute(Uri request, Uri? location) => location is null ? null : new Uri(request, location);
}
