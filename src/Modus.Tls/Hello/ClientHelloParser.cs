using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Modus.Tls;

/// <summary>Bytes of a ClientHello's body to a value (RFC 8446 §4.1.2; RFC 5246 §7.4.1.2 is the same shape).</summary>
internal static class ClientHelloParser
{
    private const ushort ServerNameExtension = 0;           // RFC 6066 §3
    private const ushort SupportedGroupsExtension = 10;     // RFC 8422 §5.1.1
    private const ushort SignatureAlgorithmsExtension = 13; // RFC 8446 §4.2.3
    private const ushort AlpnExtension = 16;                // RFC 7301 §3.1
    private const ushort SupportedVersionsExtension = 43;   // RFC 8446 §4.2.1
    private const byte EcdsaSignature = 3;                  // RFC 5246 §7.4.1.4.1
    private const int MaxName = 253;                        // RFC 1035 §2.3.4: 255 on the wire

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8);

    /// <summary>False when the lengths within do not agree.</summary>
    // legacy_version[2] random[32] legacy_session_id<0..32> cipher_suites<2..2^16-2> legacy_compression_methods<1..2^8-1> extensions<..>
    public static bool TryParse(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        hello = default;
        if (body.Length < 2 + 32)
            return false;
        var legacyVersion = BinaryPrimitives.ReadUInt16BigEndian(body);
        var rest = body[(2 + 32)..];
        if (!TryTake8(ref rest, out var sessionId) || sessionId.Length > 32
            || !TryTake16(ref rest, out var suites) || suites.Length < 2 || suites.Length % 2 != 0
            || !TryTake8(ref rest, out var compression) || compression.IsEmpty)
            return false;

        ReadOnlySpan<byte> extensions = [];
        if (!rest.IsEmpty && (!TryTake16(ref rest, out extensions) || !rest.IsEmpty)) // none at all is allowed before TLS 1.3
            return false;
        return TryParseExtensions(extensions, legacyVersion, suites, out hello);
    }

    private static bool TryParseExtensions(
        ReadOnlySpan<byte> extensions, ushort legacyVersion, ReadOnlySpan<byte> suites, out ClientHello hello)
    {
        hello = default;
        string? name = null;
        string[] alpn = [];
        var version = Math.Min(legacyVersion, ClientHello.Tls12);
        var schemes = default(EcdsaSchemes);
        var groups = EcdsaCurves.All; // RFC 8422 §4: who does not say takes any
        while (!extensions.IsEmpty)
        {
            if (extensions.Length < 2)
                return false;
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            if (!TryTake16(ref extensions, out var content))
                return false;
            var understood = type switch
            {
                ServerNameExtension => TryReadServerName(content, out name),
                SupportedGroupsExtension => TryReadGroups(content, out groups),
                SignatureAlgorithmsExtension => TryReadSchemes(content, out schemes),
                AlpnExtension => TryReadAlpn(content, out alpn),
                SupportedVersionsExtension => TryReadVersions(content, out version),
                _ => true,
            };
            if (!understood)
                return false;
        }

        // TLS 1.3 ties a scheme to its curve; before it any ECDSA scheme goes with every curve among the groups.
        var curves = version >= ClientHello.Tls13 ? schemes.Curves : schemes.Any ? groups : EcdsaCurves.None;
        hello = new ClientHello(name, version, HasSuiteForEcdsa(suites, version) ? curves : EcdsaCurves.None, alpn);
        return true;
    }

    // struct { NameType name_type; opaque HostName<1..2^16-1>; } ServerName server_name_list<1..2^16-1>
    private static bool TryReadServerName(ReadOnlySpan<byte> content, out string? name)
    {
        name = null;
        if (!TryTake16(ref content, out var list) || !content.IsEmpty || list.IsEmpty)
            return false;
        while (!list.IsEmpty)
        {
            var type = list[0];
            list = list[1..];
            if (!TryTake16(ref list, out var value))
                return false;
            if (type == 0 && name is null)
                name = ToHostName(value);
        }

        return true;
    }

    // A name of other bytes could match no certificate, and must not get into a log.
    private static string? ToHostName(ReadOnlySpan<byte> value)
    {
        value = value.TrimEnd((byte)'.');
        if (value.IsEmpty || value.Length > MaxName || value.ContainsAnyExcept(NameBytes))
            return null;
        return string.Create(value.Length, value, static (lower, bytes) =>
        {
            for (var i = 0; i < bytes.Length; i++)
                lower[i] = char.ToLowerInvariant((char)bytes[i]);
        });
    }

    // SignatureScheme supported_signature_algorithms<2..2^16-2>
    private static bool TryReadSchemes(ReadOnlySpan<byte> content, out EcdsaSchemes found)
    {
        found = default;
        if (!TryTake16(ref content, out var schemes) || !content.IsEmpty || schemes.Length % 2 != 0)
            return false;
        for (; !schemes.IsEmpty; schemes = schemes[2..])
        {
            found = new EcdsaSchemes(
                found.Any || schemes[1] == EcdsaSignature,
                found.Curves | EcdsaCurve.OfScheme(BinaryPrimitives.ReadUInt16BigEndian(schemes)));
        }

        return true;
    }

    // NamedGroup named_group_list<2..2^16-1>
    private static bool TryReadGroups(ReadOnlySpan<byte> content, out EcdsaCurves curves)
    {
        curves = EcdsaCurves.None;
        if (!TryTake16(ref content, out var groups) || !content.IsEmpty || groups.Length % 2 != 0)
            return false;
        for (; !groups.IsEmpty; groups = groups[2..])
            curves |= EcdsaCurve.OfGroup(BinaryPrimitives.ReadUInt16BigEndian(groups));
        return true;
    }

    // ProtocolVersion versions<2..254>; unknown ones (RFC 8701's GREASE, versions to come) are passed over
    private static bool TryReadVersions(ReadOnlySpan<byte> content, out ushort highest)
    {
        highest = 0;
        if (!TryTake8(ref content, out var versions) || !content.IsEmpty || versions.Length % 2 != 0)
            return false;
        for (; !versions.IsEmpty; versions = versions[2..])
        {
            var version = BinaryPrimitives.ReadUInt16BigEndian(versions);
            if (version <= ClientHello.Tls13 && version > highest)
                highest = version;
        }

        return true;
    }

    // opaque ProtocolName<1..2^8-1>; ProtocolName protocol_name_list<2..2^16-1>
    private static bool TryReadAlpn(ReadOnlySpan<byte> content, out string[] names)
    {
        names = [];
        if (!TryTake16(ref content, out var list) || !content.IsEmpty)
            return false;
        var found = new List<string>();
        while (!list.IsEmpty)
        {
            if (!TryTake8(ref list, out var name) || name.IsEmpty)
                return false;
            if (found.Count < 16) // more is no client of ours
                found.Add(Encoding.Latin1.GetString(name));
        }

        names = [.. found];
        return true;
    }

    // A suite of TLS 1.3 leaves the key type open; before that the suite names it.
    private static bool HasSuiteForEcdsa(ReadOnlySpan<byte> suites, ushort version)
    {
        for (; !suites.IsEmpty; suites = suites[2..])
        {
            var suite = BinaryPrimitives.ReadUInt16BigEndian(suites);
            if (version >= ClientHello.Tls13 ? suite is >= 0x1301 and <= 0x1305 : IsEcdheEcdsa(suite))
                return true;
        }

        return false;
    }

    // The IANA registry's TLS_ECDHE_ECDSA suites with AES-GCM, AES-CBC, AES-CCM and ChaCha20.
    private static bool IsEcdheEcdsa(ushort suite) =>
        suite is 0xC009 or 0xC00A or 0xC023 or 0xC024 or 0xC02B or 0xC02C or (>= 0xC0AC and <= 0xC0AF) or 0xCCA9;

    private static bool TryTake8(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = [];
        return !rest.IsEmpty && TryTake(ref rest, 1, rest[0], out value);
    }

    private static bool TryTake16(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> value)
    {
        value = [];
        return rest.Length >= 2 && TryTake(ref rest, 2, BinaryPrimitives.ReadUInt16BigEndian(rest), out value);
    }

    private static bool TryTake(scoped ref ReadOnlySpan<byte> rest, int header, int length, out ReadOnlySpan<byte> value)
    {
        value = [];
        if (rest.Length - header < length)
            return false;
        value = rest.Slice(header, length);
        rest = rest[(header + length)..];
        return true;
    }

    /// <summary>What of the signature schemes is ECDSA.</summary>
    private readonly record struct EcdsaSchemes(bool Any, EcdsaCurves Curves);
}
