using System.Text.Json.Serialization;
using Modus.Delivery.Authentication.Dkim;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>A key as it is stored; domain and selector are the record's key.</summary>
internal sealed record StoredSigningKey
{
    public required SignatureAlgorithm Algorithm { get; init; }

    public required SigningKeyState State { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset Changed { get; init; }

    public required byte[] PublicKey { get; init; }

    /// <summary>Null once it is retired.</summary>
    public byte[]? Secret { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredSigningKey))]
internal sealed partial class SigningKeyJson : JsonSerializerContext;
