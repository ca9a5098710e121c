using System.Buffers;
using System.Text;

namespace Modus.Delivery.Authentication.Results;

/// <summary>Reads whose an Authentication-Results field is.</summary>
internal static class AuthservId
{
    private static readonly SearchValues<byte> Ends = SearchValues.Create(" \t\r\n;(\""u8);

    // authres-payload = [CFWS] authserv-id [ CFWS authres-version ] ... ; authserv-id = value (a token or a quoted-string)
    /// <summary>Reads the name that a field begins with.</summary>
    /// <param name="value">What stands behind the colon.</param>
    /// <param name="isWhole">False when the value ends before the name does.</param>
    /// <returns>Null when there is none.</returns>
    public static string? Read(ReadOnlySpan<byte> value, out bool isWhole)
    {
        isWhole = TrySkipSpace(ref value);
        if (!isWhole || value.IsEmpty) return null;
        if (value[0] == '"') return ReadQuoted(value[1..], out isWhole);
        var end = value.IndexOfAny(Ends);
        isWhole = end >= 0;
        var id = isWhole ? value[..end] : value;
        return id.IsEmpty ? null : Encoding.UTF8.GetString(id);
    }

    private static string? ReadQuoted(ReadOnlySpan<byte> value, out bool isWhole)
    {
        var id = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '"')
            {
                isWhole = true;
                return id.ToString();
            }

            if (value[i] == '\\' && i + 1 < value.Length) i++;
            if (value[i] is not ((byte)'\r' or (byte)'\n')) id.Append((char)value[i]);
        }

        isWhole = false;
        return null;
    }

    // CFWS; false when a comment does not end.
    private static bool TrySkipSpace(ref ReadOnlySpan<byte> value)
    {
        while (true)
        {
            value = value.TrimStart(" \t\r\n"u8);
            if (value.IsEmpty || value[0] != '(') return true;
            var depth = 0;
            var at = 0;
            for (; at < value.Length; at++)
            {
                if (value[at] == '\\') at++;
                else if (value[at] == '(') depth++;
                else if (value[at] == ')' && --depth == 0) break;
            }

            if (at >= value.Length) return false;
            value = value[(at + 1)..];
        }
    }
}
