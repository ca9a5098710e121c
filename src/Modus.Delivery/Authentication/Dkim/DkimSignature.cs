using System.Globalization;
using Modus.Delivery.Authentication.Message;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>Which field a signature stands in.</summary>
internal enum SignatureKind
{
    /// <summary>DKIM-Signature (RFC 6376 §3.5).</summary>
    Dkim,

    /// <summary>ARC-Message-Signature (RFC 8617 §4.1.2): i= is the number of its set, and there is no v=.</summary>
    ArcMessage,

    /// <summary>ARC-Seal (RFC 8617 §4.1.3): it signs ARC fields alone, without h=, bh= and c=.</summary>
    ArcSeal,
}

/// <summary>A signature as its field says it. Immutable.</summary>
internal sealed record DkimSignature
{
    public required SignatureAlgorithm Algorithm { get; init; }

    public required Domain Domain { get; init; }

    public required string Selector { get; init; }

    /// <summary>b=.</summary>
    public required byte[] Signature { get; init; }

    /// <summary>Where the value of b= begins and ends in the field.</summary>
    public required (int Start, int End) SignaturePlace { get; init; }

    /// <summary>bh=.</summary>
    public byte[] BodyHash { get; init; } = [];

    public Canonicalization HeaderCanonicalization { get; init; } = Canonicalization.Relaxed;

    public Canonicalization BodyCanonicalization { get; init; }

    /// <summary>h=.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>l=; null for the whole body.</summary>
    public long? BodyLength { get; init; }

    /// <summary>x=.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>The domain of i=; that of d= when there is none.</summary>
    public required Domain Identity { get; init; }

    /// <summary>Reads the field of a signature.</summary>
    /// <param name="field">The whole field, its name and line end included.</param>
    /// <param name="colon">The place of its colon.</param>
    /// <param name="kind">Which field it is.</param>
    /// <param name="result">Who signed, for all to say that came of it; the fault when there is no signature to check.</param>
    public static DkimSignature? Parse(ReadOnlySpan<byte> field, int colon, SignatureKind kind, out DkimResult result)
    {
        result = new DkimResult(AuthenticationOutcome.PermError, "the signature cannot be read");
        if (field.Length > AuthenticationLimits.SignatureField) return null;
        if (TagList.Parse(field[(colon + 1)..]) is not { } tags) return null;

        var algorithm = SignatureAlgorithms.Parse(tags["a"]);
        var hasDomain = Domain.TryParse(tags["d"], out var domain);
        var selector = Domain.TryParse(tags["s"], out var labels) ? labels.Name : null; // selector = sub-domain *( "." sub-domain )
        result = result with
        {
            Domain = hasDomain ? domain : null,
            Selector = selector,
            Algorithm = algorithm,
            SignatureStart = StartOf(tags["b"]),
        };
        if (kind == SignatureKind.Dkim && tags["v"] != "1") return Refuse(ref result, "the signature is of another version");
        if (algorithm is null) return Refuse(ref result, tags["a"] == "rsa-sha1" ? "SHA-1 proves nothing" : "the algorithm is unknown");
        if (!hasDomain || selector is null || tags.Find("b") is not { } b || !DkimKey.TryDecode(b.Value, out var signed) || signed.Length == 0)
            return null;

        var signature = new DkimSignature
        {
            Algorithm = algorithm.Value, Domain = domain, Selector = selector, Signature = signed, Identity = domain,
            SignaturePlace = (colon + 1 + b.ValueStart, colon + 1 + b.ValueEnd),
        };
        return kind == SignatureKind.ArcSeal ? signature : signature.WithMessage(tags, kind, ref result);
    }

    private DkimSignature? WithMessage(TagList tags, SignatureKind kind, ref DkimResult result)
    {
        if (tags["bh"] is not { } bodyHash || !DkimKey.TryDecode(bodyHash, out var hash) || tags["h"] is not { } names) return null;
        var headers = names.Split(':', AuthenticationLimits.SignedHeaders + 1, StringSplitOptions.TrimEntries);
        if (headers.Length > AuthenticationLimits.SignedHeaders) return Refuse(ref result, "the signature is of too many fields");
        if (headers.Any(static name => name.Length == 0)) return null;
        if (!headers.Contains("From", StringComparer.OrdinalIgnoreCase)) return Refuse(ref result, "From is not signed"); // RFC 6376 §5.4
        if (kind == SignatureKind.ArcMessage && headers.Contains("ARC-Seal", StringComparer.OrdinalIgnoreCase)) return null; // RFC 8617 §4.1.2
        if (!TryReadCanonicalization(tags["c"], out var header, out var body)) return null;
        if (!TryReadNumber(tags["l"], out var length) || !TryReadNumber(tags["x"], out var expires) || !TryReadNumber(tags["t"], out _)) return null;
        if (tags["q"] is { } query && !query.Split(':', StringSplitOptions.TrimEntries).Contains("dns/txt"))
            return Refuse(ref result, "the key is in no place that is known");
        if (!TryReadIdentity(kind == SignatureKind.Dkim ? tags["i"] : null, out var identity))
            return Refuse(ref result, "i= is not below d=");

        return this with
        {
            BodyHash = hash, Headers = headers, BodyLength = length, HeaderCanonicalization = header, BodyCanonicalization = body,
            Identity = identity,
            Expires = expires is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(Math.Min(seconds, DateTimeOffset.MaxValue.ToUnixTimeSeconds())) : null,
        };
    }

    // sig-i-tag = [ local-part ] "@" domain-name, the domain that of d= or below it
    private bool TryReadIdentity(string? text, out Domain identity)
    {
        identity = Domain;
        if (text is null) return true;
        var at = text.LastIndexOf('@');
        return at >= 0 && Domain.TryParse(text[(at + 1)..], out identity)
            && (identity == Domain || identity.Name.EndsWith('.' + Domain.Name, StringComparison.Ordinal));
    }

    // sig-c-tag-alg [ "/" sig-c-tag-alg ] ; simple/simple when it is not there
    private static bool TryReadCanonicalization(string? text, out Canonicalization header, out Canonicalization body)
    {
        header = body = Canonicalization.Simple;
        if (text is null) return true;
        var parts = text.Split('/', 3, StringSplitOptions.TrimEntries);
        return parts.Length < 3 && TryRead(parts[0], out header) && (parts.Length == 1 || TryRead(parts[1], out body));

        static bool TryRead(string word, out Canonicalization how)
        {
            how = word == "relaxed" ? Canonicalization.Relaxed : Canonicalization.Simple;
            return word is "relaxed" or "simple";
        }
    }

    // 1*76DIGIT: what is greater than any message is as good as the greatest
    private static bool TryReadNumber(string? text, out long? number)
    {
        number = null;
        if (text is null) return true;
        if (text.Length is 0 or > 76 || text.Any(static c => !char.IsAsciiDigit(c))) return false;
        number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : long.MaxValue;
        return true;
    }

    private static DkimSignature? Refuse(ref DkimResult result, string why)
    {
        result = result with { Reason = why };
        return null;
    }

    private static string? StartOf(string? encoded)
    {
        const int Length = 8; // RFC 6008 §3: at least so many
        if (encoded is null) return null;
        var start = new string([.. encoded.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=').Take(Length)]);
        return start.Length > 0 ? start : null;
    }
}
