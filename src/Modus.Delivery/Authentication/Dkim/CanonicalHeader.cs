namespace Modus.Delivery.Authentication.Dkim;

/// <summary>Writes header fields as they are signed (RFC 6376 §3.4.1, §3.4.2).</summary>
internal static class CanonicalHeader
{
    private static ReadOnlySpan<byte> CrLf => "\r\n"u8;

    /// <summary>Writes a field with its line end.</summary>
    public static void Write(HashInput hash, ReadOnlySpan<byte> field, Canonicalization how)
    {
        if (how == Canonicalization.Simple)
        {
            hash.Append(field);
            return;
        }

        var colon = WriteName(hash, field);
        WriteValue(hash, field[(colon + 1)..], isAtStart: true);
        hash.Append(CrLf);
    }

    /// <summary>
    /// Writes the field of the signature itself: without the value of b=, and without its line end (RFC 6376 §3.7). The places are
    /// those of the tag in <paramref name="field"/>.
    /// </summary>
    public static void WriteUnsigned(HashInput hash, ReadOnlySpan<byte> field, int valueStart, int valueEnd, Canonicalization how)
    {
        field = TrimLineEnd(field);
        valueEnd = Math.Min(valueEnd, field.Length);
        if (how == Canonicalization.Simple)
        {
            hash.Append(field[..valueStart]);
            hash.Append(field[valueEnd..]);
            return;
        }

        // The first part ends in "=", the second is empty or begins with ";": no white space is cut in two.
        var colon = WriteName(hash, field);
        WriteValue(hash, field[(colon + 1)..valueStart], isAtStart: true);
        WriteValue(hash, field[valueEnd..], isAtStart: false);
    }

    private static ReadOnlySpan<byte> TrimLineEnd(ReadOnlySpan<byte> field) =>
        field.EndsWith(CrLf) ? field[..^2] : field.EndsWith("\n"u8) ? field[..^1] : field;

    private static int WriteName(HashInput hash, ReadOnlySpan<byte> field)
    {
        var colon = field.IndexOf((byte)':');
        foreach (var b in field[..colon].TrimEnd(" \t"u8)) hash.Append(b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b);
        hash.Append((byte)':');
        return colon;
    }

    // Unfolds, makes each run of white space one space, and drops it at both ends.
    private static void WriteValue(HashInput hash, ReadOnlySpan<byte> value, bool isAtStart)
    {
        var spaceWaits = false;
        while (!value.IsEmpty)
        {
            var length = value.IndexOfAny(" \t\r\n"u8);
            var word = length < 0 ? value : value[..length];
            if (!word.IsEmpty)
            {
                if (spaceWaits && !isAtStart) hash.Append((byte)' ');
                hash.Append(word);
                spaceWaits = isAtStart = false;
            }

            if (length < 0) break;
            spaceWaits |= value[length] is (byte)' ' or (byte)'\t'; // a line end is no white space, only what follows it
            value = value[(length + 1)..];
        }
    }
}
