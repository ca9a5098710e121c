using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modus.Delivery.Vpn;

/// <summary>What one gateway posts to another, or answers.</summary>
/// <param name="Body">A <see cref="VpnStatement"/> in JSON and base64url.</param>
/// <param name="Signature">By the identity of the card in it.</param>
/// <param name="Proof">That its maker knows the secret of the invitation; null where none is involved.</param>
internal sealed record VpnMessage(string Body, string Signature, string? Proof)
{
    public static VpnMessage Write(VpnStatement statement, VpnIdentity identity, byte[]? secret)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(statement, VpnJson.Default.VpnStatement);
        return new VpnMessage(
            Base64Url.EncodeToString(body),
            Base64Url.EncodeToString(identity.Sign(statement.Sort, body)),
            secret is null ? null : Base64Url.EncodeToString(VpnIdentity.Prove(secret, statement.Sort, body)));
    }

    /// <summary>What it says; null when it cannot be read. Who says it is not checked yet.</summary>
    public VpnStatement? Read(out byte[] body)
    {
        if (!VpnToken.TryDecode(Body, out body)) return null;
        try
        {
            return JsonSerializer.Deserialize(body, VpnJson.Default.VpnStatement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a reply says, when the gateway that is known has signed it, for us, to this very request; else null.</summary>
    /// <param name="asked">The body of the request.</param>
    /// <param name="to">Our identity.</param>
    /// <param name="partner">The identity that is known.</param>
    /// <param name="secret">Of the invitation; null where none is involved.</param>
    public VpnStatement? ReadReply(byte[] asked, string to, string partner, byte[]? secret) =>
        Read(out var body) is { Sort: VpnStatement.Reply } said
        && said.To == to
        && said.Answers == Convert.ToHexStringLower(SHA256.HashData(asked))
        && IsSignedBy(partner, VpnStatement.Reply, body)
        && (secret is null || IsProvenBy(secret, VpnStatement.Reply, body))
        && said.Card.Identity == partner
        && said.Card.FindFault() is null
            ? said
            : null;

    public bool IsSignedBy(string identity, string sort, byte[] body) =>
        VpnToken.TryDecode(Signature, out var signature) && VpnIdentity.Verify(identity, sort, body, signature);

    /// <summary>Compares in constant time.</summary>
    public bool IsProvenBy(byte[] secret, string sort, byte[] body) =>
        Proof is not null && VpnToken.TryDecode(Proof, out var proof)
        && CryptographicOperations.FixedTimeEquals(proof, VpnIdentity.Prove(secret, sort, body));
}

/// <summary>What a gateway states.</summary>
internal sealed record VpnStatement
{
    public const string Join = "join";
    public const string Keys = "keys";
    public const string Reply = "reply";

    /// <summary>Join, Keys or Reply.</summary>
    public required string Sort { get; init; }

    /// <summary>The identity of the gateway that it is for, so that nobody can pass it on to another.</summary>
    public required string To { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who states it.</summary>
    public required VpnCard Card { get; init; }

    /// <summary>The invitation of a join.</summary>
    public string? Invitation { get; init; }

    /// <summary>Of a reply: SHA-256 of the body that it answers, in hex.</summary>
    public string? Answers { get; init; }
}

/// <summary>Why a request was not granted.</summary>
/// <param name="Fault">A sentence.</param>
internal sealed record VpnRefusal(string Fault);

/// <summary>The JSON of the e-mail VPN.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(VpnToken))]
[JsonSerializable(typeof(VpnMessage))]
[JsonSerializable(typeof(VpnStatement))]
[JsonSerializable(typeof(VpnRefusal))]
[JsonSerializable(typeof(VpnPartner))]
[JsonSerializable(typeof(StoredInvitation))]
internal sealed partial class VpnJson : JsonSerializerContext;
