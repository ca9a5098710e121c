using System.Buffers;

namespace Modus.Protocols.Pop3.Reencoding;

/// <summary>Writes a header section with another Content-Transfer-Encoding. Pure.</summary>
internal static class TransferEncodingHeader
{
    private static ReadOnlySpan<byte> Encoding => "content-transfer-encoding"u8;

    private static ReadOnlySpan<byte> Version => "mime-version"u8;

    /// <summary>Writes the section with its empty line. Each line ends in CRLF, however it ended before.</summary>
    /// <param name="section">The header section, its empty line included when it has one.</param>
    /// <param name="encoding">The new encoding.</param>
    /// <param name="isMessage">Whether it is the header of a message, which needs MIME-Version.</param>
    /// <param name="output">Where it goes.</param>
    public static void Rewrite(ReadOnlySpan<byte> section, ReadOnlySpan<byte> encoding, bool isMessage, IBufferWriter<byte> output)
    {
        var isDropping = false;
        var hasEncoding = false;
        while (TakeLine(ref section, out var line) && !line.IsEmpty)
        {
            var isContinued = line[0] is (byte)' ' or (byte)'\t';
            if (isContinued && isDropping) continue;
            isDropping = !isContinued && IsField(line, Encoding);
            if (isDropping)
            {
                // In its place, so that a line below that is no field cannot hide it. A second one goes.
                if (!hasEncoding) WriteEncoding(encoding, output);
                hasEncoding = true;
                continue;
            }

            if (!isContinued && IsField(line, Version)) isMessage = false;
            output.Write(line);
            output.Write("\r\n"u8);
        }

        if (isMessage) output.Write("MIME-Version: 1.0\r\n"u8);
        if (!hasEncoding) WriteEncoding(encoding, output);
        output.Write("\r\n"u8);
    }

    private static void WriteEncoding(ReadOnlySpan<byte> encoding, IBufferWriter<byte> output)
    {
        output.Write("Content-Transfer-Encoding: "u8);
        output.Write(encoding);
        output.Write("\r\n"u8);
    }

    private static bool TakeLine(ref ReadOnlySpan<byte> section, out ReadOnlySpan<byte> line)
    {
        line = section;
        if (section.IsEmpty) return false;
        var end = section.IndexOf((byte)'\n');
        line = end < 0 ? section : section[..end];
        section = end < 0 ? [] : section[(end + 1)..];
        if (line is [.., (byte)'\r']) line = line[..^1];
        return true;
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var colon = line.IndexOf((byte)':');
        return colon >= 0 && System.Text.Ascii.EqualsIgnoreCase(line[..colon].TrimEnd(" \t"u8), name);
    }
}
