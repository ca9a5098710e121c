using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Protocols.Imap.Parser;

/// <summary>The mailbox names of IMAP4rev1 (RFC 3501 §5.1.3): printable ASCII as it is, everything else as base64 of UTF-16 between <c>&amp;</c> and <c>-</c>.</summary>
public static class ModifiedUtf7
{
    /// <summary>Encodes a name.</summary>
    public static string Encode(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.AsSpan().ContainsAnyExceptInRange(' ', '~') && !name.Contains('&', StringComparison.Ordinal)) return name;
        var encoded = new StringBuilder(name.Length + 16);
        for (var i = 0; i < name.Length;)
        {
            if (name[i] is >= ' ' and <= '~')
            {
                encoded.Append(name[i] == '&' ? "&-" : name[i].ToString());
                i++;
                continue;
            }

            var start = i;
            while (i < name.Length && name[i] is < ' ' or > '~') i++;
            encoded.Append('&')
                .Append(Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name[start..i])).TrimEnd('=').Replace('/', ','))
                .Append('-');
        }

        return encoded.ToString();
    }

    /// <summary>Decodes a name.</summary>
    /// <returns>False for 8-bit characters, broken base64, lone surrogates, and what could have been written otherwise: one name, one spelling.</returns>
    public static bool TryDecode(string encoded, [NotNullWhen(true)] out string? name)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        name = null;
        var decoded = new StringBuilder(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] is < ' ' or > '~') return false;
            if (encoded[i] != '&')
            {
                decoded.Append(encoded[i]);
                continue;
            }

            var end = encoded.IndexOf('-', i);
            if (end < 0) return false;
            if (end == i + 1) decoded.Append('&');
            else if (TryDecodeRun(encoded[(i + 1)..end], out var run)) decoded.Append(run);
            else return false;
            i = end;
        }

        name = decoded.ToString();
        return Encode(name) == encoded;
    }

    private static bool TryDecodeRun(string base64, out string run)
    {
        run = "";
        var padded = base64.Replace(',', '/') + (base64.Length % 4) switch { 2 => "==", 3 => "=", _ => "" };
        var bytes = new byte[padded.Length];
        if (base64.Contains('/', StringComparison.Ordinal) || !Convert.TryFromBase64String(padded, bytes, out var length) || length % 2 != 0) return false;
        run = Encoding.BigEndianUnicode.GetString(bytes.AsSpan(0, length));
        return true;
    }
}
