using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Modus.Mail.Envelopes;

/// <summary>
/// The 7-bit form of addresses beyond ASCII in DSN, <c>\x{…}</c> (RFC 6533 §3). Thread-safe.
/// </summary>
public static class Unitext
{
    private const int MaxDigits = 6; // U+10FFFF

    // QCHAR = %x21-2a / %x2c-3c / %x3e-5b / %x5d-7e
    private static bool IsQchar(int c) => c is >= '!' and <= '~' and not ('+' or '=' or '\\');

    /// <summary>Encodes an address: what is no QCHAR becomes <c>\x{…}</c>.</summary>
    public static string Encode(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var encoded = new StringBuilder(address.Length);
        foreach (var rune in address.EnumerateRunes())
        {
            if (IsQchar(rune.Value)) encoded.Append((char)rune.Value);
            else encoded.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X2}}}");
        }

        return encoded.ToString();
    }

    /// <summary>Decodes an address; characters beyond ASCII may stand for themselves (utf-8-addr-unitext).</summary>
    /// <returns>False when it holds what may not stand there; nothing is thrown.</returns>
    public static bool TryDecode(ReadOnlySpan<char> encoded, [NotNullWhen(true)] out string? address)
    {
        address = null;
        var decoded = new StringBuilder(encoded.Length);
        while (!encoded.IsEmpty)
        {
            if (encoded[0] != '\\')
            {
                if (!IsQchar(encoded[0]) && encoded[0] < 0x80) return false;
                decoded.Append(encoded[0]);
                encoded = encoded[1..];
                continue;
            }

            // EmbeddedUnicodeChar = %x5C.78 "{" HEXPOINT "}"
            var end = encoded.IndexOf('}');
            if (!encoded.StartsWith("\\x{", StringComparison.Ordinal) || end < 3 || end - 3 > MaxDigits
                || !int.TryParse(encoded[3..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var point)
                || !Rune.IsValid(point))
                return false;
            decoded.Append(new Rune(point).ToString());
            encoded = encoded[(end + 1)..];
        }

        address = decoded.ToString();
        return address.Length > 0;
    }
}
