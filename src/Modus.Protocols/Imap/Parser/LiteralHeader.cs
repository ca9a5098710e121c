using System.Buffers.Text;

namespace Modus.Protocols.Imap.Parser;

/// <summary>What announces a literal: <c>{5}</c>, <c>{5+}</c>, <c>~{5}</c> and CRLF.</summary>
/// <param name="Length">The bytes that follow.</param>
/// <param name="IsSynchronizing">False when the client sends them without waiting for leave (RFC 7888).</param>
/// <param name="IsBinary">True for a literal8, which may hold NUL (RFC 3516 §4.4).</param>
/// <param name="HeaderLength">The bytes of the header itself, with its line end.</param>
internal readonly record struct LiteralHeader(long Length, bool IsSynchronizing, bool IsBinary, int HeaderLength)
{
    /// <summary>Reads a header at the start of <paramref name="text"/>, its CRLF included.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out LiteralHeader header)
    {
        header = default;
        var at = text.StartsWith("~"u8) ? 1 : 0;
        if (at >= text.Length || text[at] != '{') return false;
        if (!TryReadBraces(text[at..], out var length, out var synchronizing, out var used)) return false;
        if (!text[(at + used)..].StartsWith("\r\n"u8)) return false;
        header = new LiteralHeader(length, synchronizing, at == 1, at + used + 2);
        return true;
    }

    /// <summary>Finds the header at the end of a line that was read without its CRLF.</summary>
    public static bool TryFindAtEnd(ReadOnlySpan<byte> line, out LiteralHeader header)
    {
        header = default;
        if (!line.EndsWith("}"u8)) return false;
        var start = line.LastIndexOf((byte)'{');
        if (start < 0 || !TryReadBraces(line[start..], out var length, out var synchronizing, out var used) || start + used != line.Length) return false;
        var binary = start > 0 && line[start - 1] == '~';
        header = new LiteralHeader(length, synchronizing, binary, used + (binary ? 3 : 2));
        return true;
    }

    // "{" number64 ["+"] "}"
    private static bool TryReadBraces(ReadOnlySpan<byte> text, out long length, out bool synchronizing, out int used)
    {
        synchronizing = true;
        used = 0;
        if (!Utf8Parser.TryParse(text[1..], out length, out var digits) || length < 0 || text[1] is (byte)'+' or (byte)'-') return false;
        used = 1 + digits;
        if (used < text.Length && text[used] == '+')
        {
            synchronizing = false;
            used++;
        }

        return used < text.Length && text[used++] == '}';
    }
}
