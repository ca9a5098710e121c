using System.Buffers.Text;
using System.Text;
using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>A key record (RFC 6376 §3.6.1, RFC 8463 §4). Immutable.</summary>
internal sealed record DkimKey
{
    private DkimKey()
    {
    }

    /// <summary>k=.</summary>
    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>p=; empty for a key that was revoked.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>t=s: i= may not name a domain below d=.</summary>
    public bool IsStrict { get; init; }

    /// <summary>t=y: the domain only tests; a signature that fails means no more than none.</summary>
    public bool IsTest { get; init; }

    /// <summary>Reads a record.</summary>
    /// <param name="text">The text of the record.</param>
    /// <param name="fault">Why it is no key that can be used.</param>
    public static DkimKey? Parse(string text, out string fault)
    {
        fault = "";
        if (text.Length > AuthenticationLimits.TextRecord || TagList.Parse(Encoding.UTF8.GetBytes(text)) is not { } tags)
            return Refuse("the key record cannot be read", out fault);
        if (tags["v"] is { } version && (version != "DKIM1" || tags.Tags[0].Name != "v"))
            return Refuse("the key record is of another version", out fault);
        if (!Lists(tags["h"] ?? "sha256", "sha256")) return Refuse("the key is not for SHA-256", out fault);
        var services = tags["s"] ?? "*";
        if (!Lists(services, "*") && !Lists(services, "email")) return Refuse("the key is not for mail", out fault);
        if (ParseKeyType(tags["k"] ?? "rsa") is not { } algorithm) return Refuse("the key is of an unknown type", out fault);
        if (tags["p"] is not { } encoded || !TryDecode(encoded, out var key)) return Refuse("the key cannot be read", out fault);
        if (key.Length == 0) return Refuse("the key was revoked", out fault);

        var flags = tags["t"] ?? "";
        return new DkimKey { Algorithm = algorithm, PublicKey = key, IsStrict = Lists(flags, "s"), IsTest = Lists(flags, "y") };
    }

    /// <summary>Base64 with white space in it (RFC 6376 §2.10).</summary>
    public static bool TryDecode(string encoded, out byte[] bytes)
    {
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        var isBase64 = Convert.TryFromBase64String(encoded, bytes, out var length); // takes white space anywhere
        bytes = isBase64 ? bytes[..length] : [];
        return isBase64;
    }

    private static DkimKey? Refuse(string why, out string fault)
    {
        fault = why;
        return null;
    }

    private static SignatureAlgorithm? ParseKeyType(string word) => word switch
    {
        "rsa" => SignatureAlgorithm.RsaSha256,
        "ed25519" => SignatureAlgorithm.Ed25519Sha256,
        _ => null,
    };

    private static bool Lists(string list, string word)
    {
        foreach (var part in list.AsSpan().Split(':'))
            if (list.AsSpan()[part].Trim().SequenceEqual(word)) return true;
        return false;
    }
}
