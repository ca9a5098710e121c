using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Tls;

/// <summary>Signs requests by an account key: JWS with ES256 (RFC 7518 §3.4), the key named as RFC 8555 §6.2 wants it.</summary>
internal sealed class RequestSigner
{
    private readonly ECDsa _key;

    public RequestSigner(ECDsa key)
    {
        _key = key;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        PublicKey = new PublicKeyJson("P-256", "EC", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Serialize(PublicKey, AcmeJson.Default.PublicKeyJson)));
    }

    /// <summary>True for a key on P-256: ES256 is made with no other (RFC 7518 §3.4).</summary>
    public static bool CanSignWith(ECDsa key) =>
        key.KeySize == 256 && key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value;

    public PublicKeyJson PublicKey { get; }

    /// <summary>RFC 7638.</summary>
    public string Thumbprint { get; }

    /// <summary>The account's URL; null until it is known, and the key itself names it.</summary>
    public string? AccountUrl { get; set; }

    /// <param name="url">Where the request goes.</param>
    /// <param name="nonce">The nonce.</param>
    /// <param name="payload">The payload; empty for POST-as-GET (RFC 8555 §6.3).</param>
    public SignedRequest Sign(Uri url, string nonce, byte[] payload)
    {
        var header = new ProtectedHeader("ES256", nonce, url, AccountUrl is null ? PublicKey : null, AccountUrl);
        return Assemble(header, payload, text => _key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    /// <summary>The proof that an account outside ACME lets this key in (RFC 8555 §7.3.4).</summary>
    public SignedRequest Bind(ExternalAccount external, Uri newAccount)
    {
        var header = new ProtectedHeader("HS256", null, newAccount, null, external.KeyId);
        return Assemble(header, Serialize(PublicKey, AcmeJson.Default.PublicKeyJson), text => HMACSHA256.HashData(external.MacKey.Span, text));
    }

    public static byte[] Serialize<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private static SignedRequest Assemble(ProtectedHeader header, byte[] payload, Func<byte[], byte[]> sign)
    {
        var protectedText = Base64Url.EncodeToString(Serialize(header, AcmeJson.Default.ProtectedHeader));
        var payloadText = Base64Url.EncodeToString(payload);
        var signature = sign(Encoding.ASCII.GetBytes($"{protectedText}.{payloadText}"));
        return new SignedRequest(protectedText, payloadText, Base64Url.EncodeToString(signature));
    }
}
