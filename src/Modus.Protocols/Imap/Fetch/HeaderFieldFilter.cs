using System.Text;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>
/// Keeps the fields of a header that are named, or the others, and the empty line behind it (RFC 9051 §6.4.5.1). Names match in any
/// case; a field is kept byte by byte, with its continuation lines.
/// </summary>
/// <param name="names">The names.</param>
/// <param name="others">True to keep all but the named (HEADER.FIELDS.NOT).</param>
/// <param name="hasBody">Whether a body follows: a header that lacks the empty line gets one then.</param>
internal sealed class HeaderFieldFilter(IReadOnlyList<byte[]> names, bool others, bool hasBody) : ISectionFilter
{
    private bool _isInLine;  // behind the start of a line
    private bool _isNamed;   // whether the field is named
    private bool _isOver;    // behind the empty line

    public int Apply(ReadOnlySpan<byte> source, bool isFinal, Span<byte> destination, out int consumed)
    {
        var written = 0;
        var at = 0;
        while (at < source.Length && !_isOver)
        {
            var rest = source[at..];
            if (!_isInLine && !TryBeginLine(rest, isFinal)) break;
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..(end + 1)];
            if (_isNamed != others || _isOver)
            {
                line.CopyTo(destination[written..]);
                written += line.Length;
            }

            at += line.Length;
            _isInLine = end < 0;
        }

        consumed = _isOver ? source.Length : at;
        if (!isFinal || _isOver || !hasBody) return written;
        _isOver = true;
        "\r\n"u8.CopyTo(destination[written..]);
        return written + 2;
    }

    // False when only the next piece can tell whose line it is.
    private bool TryBeginLine(ReadOnlySpan<byte> line, bool isFinal)
    {
        if (line[0] is (byte)' ' or (byte)'\t') return true;
        if (line.StartsWith("\r\n"u8) || line[0] == '\n') return _isOver = true;
        var colon = line[..Math.Min(line.Length, FetchLimits.FieldName + 1)].IndexOfAny((byte)':', (byte)'\n');
        if (colon < 0 && !isFinal && line.Length <= FetchLimits.FieldName) return false;
        _isNamed = colon >= 0 && line[colon] == ':' && IsNamed(line[..colon].TrimEnd(" \t"u8));
        return true;
    }

    private bool IsNamed(ReadOnlySpan<byte> field)
    {
        for (var i = 0; i < names.Count; i++)
            if (Ascii.EqualsIgnoreCase(names[i], field)) return true;
        return false;
    }
}
