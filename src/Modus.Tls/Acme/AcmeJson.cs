using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modus.Tls;

// RFC 8555 §7.1.1, RFC 9773 §4.1
internal sealed record DirectoryResource(Uri? NewNonce, Uri? NewAccount, Uri? NewOrder, Uri? RenewalInfo, DirectoryMeta? Meta);

internal sealed record DirectoryMeta(string? TermsOfService, bool ExternalAccountRequired, Dictionary<string, string>? Profiles);

// RFC 8555 §7.3
internal sealed record AccountRequest(
    IReadOnlyList<string>? Contact, bool? TermsOfServiceAgreed, SignedRequest? ExternalAccountBinding);

// RFC 8555 §7.4, RFC 9773 §5
internal sealed record OrderRequest(IReadOnlyList<Identifier> Identifiers, string? Replaces, string? Profile);

internal sealed record Identifier(string Type, string Value);

// RFC 8555 §7.1.3
internal sealed record OrderResource(string? Status, IReadOnlyList<Uri>? Authorizations, Uri? Finalize, Uri? Certificate, Problem? Error);

// RFC 8555 §7.1.4
internal sealed record AuthorizationResource(string? Status, Identifier? Identifier, bool Wildcard, IReadOnlyList<ChallengeResource>? Challenges);

// RFC 8555 §7.1.5
internal sealed record ChallengeResource(string? Type, Uri? Url, string? Status, string? Token, Problem? Error);

// RFC 8555 §7.4
internal sealed record FinalizeRequest(string Csr);

// RFC 8555 §6.7
internal sealed record Problem(string? Type, string? Detail, IReadOnlyList<Problem>? Subproblems, Identifier? Identifier);

// RFC 9773 §4.2
internal sealed record RenewalResource(RenewalSpan? SuggestedWindow);

internal sealed record RenewalSpan(DateTimeOffset Start, DateTimeOffset End);

/// <summary>A flattened JWS (RFC 7515 §7.2.2), as every request is.</summary>
internal sealed record SignedRequest([property: JsonPropertyName("protected")] string Protected, string Payload, string Signature);

/// <summary>The protected header (RFC 8555 §6.2): the account is named by its key or by its URL.</summary>
internal sealed record ProtectedHeader(string Alg, string? Nonce, Uri Url, PublicKeyJson? Jwk, string? Kid);

/// <summary>A public key (RFC 7517); the members in the order of RFC 7638 §3.2.</summary>
internal sealed record PublicKeyJson(string Crv, string Kty, string X, string Y);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DirectoryResource))]
[JsonSerializable(typeof(AccountRequest))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(OrderResource))]
[JsonSerializable(typeof(AuthorizationResource))]
[JsonSerializable(typeof(ChallengeResource))]
[JsonSerializable(typeof(FinalizeRequest))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(RenewalResource))]
[JsonSerializable(typeof(SignedRequest))]
[JsonSerializable(typeof(ProtectedHeader))]
[JsonSerializable(typeof(PublicKeyJson))]
internal sealed partial class AcmeJson : JsonSerializerContext;
