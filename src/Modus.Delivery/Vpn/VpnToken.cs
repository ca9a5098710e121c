using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Modus.Delivery.Vpn;

/// <summary>
/// An invitation, as it is handed to the administrator of another gateway: <c>modusvpn1.BODY.SIGNATURE.CHECK</c>, each in base64url. Of
/// secrets it has one, which is good for one pairing.
/// </summary>
public sealed record VpnToken
{
    internal const string Sort = "token";
    private const string Version = "modusvpn1";
    private const int CheckBytes = 6; // finds what was not copied whole; the signature finds what was changed
    private const int MaxLength = 64 * 1024; // a card of the most domains has a third of it

    /// <summary>The invitation's number, random.</summary>
    public required string Id { get; init; }

    /// <summary>32 random octets in base64url; who knows them may join, once.</summary>
    public required string Secret { get; init; }

    /// <summary>Who invites.</summary>
    public required VpnCard Card { get; init; }

    /// <summary>The domains that the invited gateway may speak for.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Until when it is good.</summary>
    public required DateTimeOffset Expires { get; init; }

    internal string Write(VpnIdentity identity)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(this, VpnJson.Default.VpnToken);
        var text = $"{Version}.{Base64Url.EncodeToString(body)}.{Base64Url.EncodeToString(identity.Sign(Sort, body))}";
        return $"{text}.{Check(text)}";
    }

    /// <summary>Reads a token, whoever wrote it.</summary>
    /// <param name="text">The token.</param>
    /// <param name="now">The time.</param>
    /// <param name="token">The token, when it can be used.</param>
    /// <returns>Null when it can be used; otherwise why not, in a sentence.</returns>
    internal static string? Read(string text, DateTimeOffset now, out VpnToken? token)
    {
        token = null;
        var parts = text.Trim().Split('.');
        if (text.Length > MaxLength || !parts[0].StartsWith("modusvpn", StringComparison.Ordinal)) return "This is no token of an e-mail VPN: it begins with modusvpn.";
        if (parts[0] != Version) return "The token is of another version: bring both servers to the same one.";
        if (parts.Length != 4 || !IsSame(Check(string.Join('.', parts[..3])), parts[3])) return "The token was not copied whole: copy it again.";
        if (!TryDecode(parts[1], out var body) || !TryDecode(parts[2], out var signature) || Parse(body) is not { } read)
            return "The token cannot be read, though it is whole: ask for another one.";
        if (!VpnIdentity.Verify(read.Card.Identity, Sort, body, signature)) return "The token was changed since it was signed: do not use it, and ask for another one.";
        if (read.Expires <= now) return $"The token expired at {read.Expires.UtcDateTime:u}: ask for another one.";
        if (read.Card.FindFault() is { } fault) return $"The gateway of the token cannot be used: {fault}.";
        if (read.Card.Exchange is null) return "The token names no place to join at.";
        token = read;
        return null;
    }

    internal byte[] SecretBytes() => TryDecode(Secret, out var bytes) ? bytes : [];

    internal static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }

    private static VpnToken? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, VpnJson.Default.VpnToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Check(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, CheckBytes));

    private static bool IsSame(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
}
