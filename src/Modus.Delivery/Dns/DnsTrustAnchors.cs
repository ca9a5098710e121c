using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns;

/// <summary>The keys that DNSSEC validation begins with. Immutable and thread-safe.</summary>
public sealed class DnsTrustAnchors
{
    private static readonly char[] Blanks = [' ', '\t', '(', ')', '\r'];

    private readonly Dictionary<DnsName, List<DelegationSigner>> _anchors;

    private DnsTrustAnchors(Dictionary<DnsName, List<DelegationSigner>> anchors) => _anchors = anchors;

    /// <summary>The root's keys of 2017 and 2024, as <c>https://data.iana.org/root-anchors/root-anchors.xml</c> publishes them.</summary>
    public static DnsTrustAnchors Root { get; } = ParseKnown(
        """
        . IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D
        . IN DS 38696 8 2 683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16
        """);

    /// <summary>
    /// Reads anchors as zone files have them: one DS or DNSKEY record a line, the name first; TTL and class may be left out; from a
    /// semicolon on a line is a comment.
    /// </summary>
    /// <param name="text">The lines.</param>
    /// <param name="anchors">The anchors; at least one.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out DnsTrustAnchors? anchors, [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(text);
        anchors = null;
        var found = new Dictionary<DnsName, List<DelegationSigner>>();
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split(';')[0].Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0) continue;
            if (ReadOne(words) is not { } anchor)
            {
                fault = $"line {number} is no DS or DNSKEY record";
                return false;
            }

            if (!anchor.Signer.IsUsable)
            {
                fault = $"line {number} has an algorithm or a digest that is not supported";
                return false;
            }

            if (!found.TryGetValue(anchor.Name, out var signers)) found.Add(anchor.Name, signers = []);
            signers.Add(anchor.Signer);
        }

        fault = found.Count == 0 ? "there is no DS or DNSKEY record" : null;
        if (fault is not null) return false;
        anchors = new DnsTrustAnchors(found);
        return true;
    }

    /// <summary>The anchor that is closest above a name; null when nothing above it is trusted.</summary>
    internal (DnsName Name, IReadOnlyList<DelegationSigner> Signers)? FindAbove(DnsName name)
    {
        for (var above = name; ; above = above.Parent)
        {
            if (_anchors.TryGetValue(above, out var signers)) return (above, signers);
            if (above.IsRoot) return null;
        }
    }

    private static DnsTrustAnchors ParseKnown(string text) =>
        TryParse(text, out var anchors, out var fault) ? anchors : throw new FormatException(fault);

    private static (DnsName Name, DelegationSigner Signer)? ReadOne(string[] words)
    {
        if (!DnsName.TryParse(words[0], out var name)) return null;
        var at = 1;
        while (at < words.Length && (uint.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out _) || Is(words[at], "IN"))) at++;
        if (at >= words.Length) return null;
        DelegationSigner? signer = null;
        if (Is(words[at], "DS")) signer = ReadContent(words[(at + 1)..], isKey: false);
        if (Is(words[at], "DNSKEY")) signer = ReadContent(words[(at + 1)..], isKey: true);
        return signer is null ? null : (name, signer);
    }

    // key tag or flags, algorithm or protocol, digest type or algorithm, digest in hex or key in base64 (RFC 4034 §2.2, §5.3)
    private static DelegationSigner? ReadContent(string[] words, bool isKey)
    {
        if (words.Length < 4 || !ushort.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return null;
        if (!byte.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var second)) return null;
        if (!byte.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var third)) return null;
        if ((isKey ? FromBase64(words[3..]) : FromHex(words[3..])) is not { } octets) return null;
        Span<byte> head = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(head, first);
        (head[2], head[3]) = (second, third);
        byte[] content = [.. head, .. octets];
        return isKey ? DelegationSigner.FromKey(content) : DelegationSigner.FromDigest(content);
    }

    private static byte[]? FromBase64(string[] parts)
    {
        var text = string.Concat(parts);
        var octets = new byte[text.Length];
        return Convert.TryFromBase64String(text, octets, out var length) ? octets[..length] : null;
    }

    private static byte[]? FromHex(string[] parts)
    {
        var text = string.Concat(parts);
        var octets = new byte[text.Length / 2];
        return Convert.FromHexString(text, octets, out _, out _) == OperationStatus.Done ? octets : null;
    }

    private static bool Is(string word, string keyword) => word.Equals(keyword, StringComparison.OrdinalIgnoreCase);
}
