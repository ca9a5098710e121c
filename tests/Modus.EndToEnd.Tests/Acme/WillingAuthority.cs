using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Modus.Testing;
using Xunit;

namespace Modus.EndToEnd.Tests.Acme;

/// <summary>
/// An authority that issues without a proof, and wants the first certificate renewed at once (RFC 9773), which the pebble of Debian cannot
/// say. Looks at no signature.
/// </summary>
internal sealed class WillingAuthority(TestCertificates authority)
{
    private readonly List<string?> _replaced = [];
    private string _issued = "";

    public TimeSpan Life { get; init; }

    /// <summary>What each order said that it replaces.</summary>
    public IReadOnlyList<string?> Replaced => _replaced;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task AnswerAsync(HttpContext context)
    {
        var root = $"https://{context.Request.Host}";
        context.Response.Headers["Replay-Nonce"] = Guid.NewGuid().ToString("N");
        var path = context.Request.Path.Value!;
        switch (path)
        {
            case "/dir":
                await WriteAsync(context, $$"""{"newNonce":"{{root}}/nonce","newAccount":"{{root}}/account","newOrder":"{{root}}/orders","renewalInfo":"{{root}}/renewal"}""");
                break;
            case "/account":
                await CreateAsync(context, $"{root}/account/1", "{}");
                break;
            case "/orders":
                _issued = "";
                _replaced.Add((await PayloadAsync(context)).TryGetProperty("replaces", out var replaced) ? replaced.GetString() : null);
                await CreateAsync(context, $"{root}/order", Order(root));
                break;
            case "/finalize":
                Issue((await PayloadAsync(context)).GetProperty("csr").GetString()!);
                await WriteAsync(context, Order(root));
                break;
            case "/authz":
                await WriteAsync(context, """{"status":"valid"}""");
                break;
            case "/order":
                await WriteAsync(context, Order(root));
                break;
            case "/cert":
                await WriteAsync(context, _issued);
                break;
            default:
                if (path.StartsWith("/renewal/", StringComparison.Ordinal)) await WriteAsync(context, Window());
                break;
        }
    }

    private string Window()
    {
        var start = DateTimeOffset.UtcNow.AddDays(_replaced.Count == 1 ? -2 : 2);
        return $$"""{"suggestedWindow":{"start":"{{start:O}}","end":"{{start.AddDays(1):O}}" } }""";
    }

    private string Order(string root) =>
        $$"""{"status":"{{(_issued.Length > 0 ? "valid" : "ready")}}","authorizations":["{{root}}/authz"],"finalize":"{{root}}/finalize","certificate":"{{root}}/cert"}""";

    private void Issue(string csr)
    {
        var request = CertificateRequest.LoadSigningRequest(
            Base64Url.DecodeFromChars(csr), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority.Authority, true, false));
        var now = DateTimeOffset.UtcNow;
        using var signer = authority.Authority.GetECDsaPrivateKey()!; // whatever the leaf's key is
        using var issued = request.Create(
            authority.Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), now, now + Life, [1, .. RandomNumberGenerator.GetBytes(11)]);
        _issued = issued.ExportCertificatePem() + "\n";
    }

    private static async Task<JsonElement> PayloadAsync(HttpContext context)
    {
        var signed = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: Cancellation);
        return JsonSerializer.Deserialize<JsonElement>(Base64Url.DecodeFromChars(signed.GetProperty("payload").GetString()!));
    }

    private static Task CreateAsync(HttpContext context, string location, string body)
    {
        (context.Response.StatusCode, context.Response.Headers.Location) = (StatusCodes.Status201Created, location);
        return WriteAsync(context, body);
    }

    private static Task WriteAsync(HttpContext context, string body) => context.Response.WriteAsync(body, Cancellation);
}
