// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
// Reply-code = %x32-35 %x30-35 %x30-39                                              RFC 5321 §4.2; the wild goes up to 599
using System.Buffers.Text;
using System.Text;
using Modus.Mail;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What a line did to a reply.</summary>
internal enum ReplyLine
{
    /// <summary>Another one follows.</summary>
    More,

    /// <summary>It was the last.</summary>
    Last,

    /// <summary>It is no line of a reply.</summary>
    Malformed,
}

/// <summary>
/// Puts a reply together from its lines. The code of the last line counts. What is kept of the text is bounded, whatever the server says.
/// Not thread-safe.
/// </summary>
/// <param name="maxLines">More lines than these are malformed.</param>
/// <param name="maxText">Characters of text that are kept.</param>
internal struct ReplyParser(int maxLines, int maxText)
{
    private const int CodeLength = 3;

    private readonly List<string> _lines = [];
    private int _seen;
    private int _kept;
    private int _code;
    private EnhancedStatus _status;

    /// <summary>The reply, after <see cref="ReplyLine.Last"/>.</summary>
    public readonly SmtpReply ToReply() => new(_code, _status, [.. _lines]);

    /// <summary>Takes a line without its end.</summary>
    public ReplyLine Take(ReadOnlySpan<byte> line)
    {
        if (++_seen > maxLines || !TryTakeCode(line)) return ReplyLine.Malformed;
        var rest = line[CodeLength..];
        if (!rest.IsEmpty && rest[0] is not ((byte)' ' or (byte)'-')) return ReplyLine.Malformed;
        var text = rest.IsEmpty ? rest : rest[1..];
        if (TryTakeStatus(text, out var status, out var length) && (_status.IsNone || _status == status || _seen == 1))
        {
            _status = status;
            text = text[length..];
        }

        Keep(text);
        if (!rest.IsEmpty && rest[0] == '-') return ReplyLine.More;
        if (_status.Class != _code / 100) _status = default; // RFC 2034 §4: of the same class, or none at all
        return ReplyLine.Last;
    }

    private bool TryTakeCode(ReadOnlySpan<byte> line)
    {
        if (line.Length < CodeLength || line[0] is < (byte)'2' or > (byte)'5'
            || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2])) return false;
        _code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        return true;
    }

    // status-code = class "." subject "." detail                                      RFC 3463 §2
    private static bool TryTakeStatus(ReadOnlySpan<byte> text, out EnhancedStatus status, out int length)
    {
        status = default;
        length = 0;
        if (text.Length < 5 || text[0] is not ((byte)'2' or (byte)'4' or (byte)'5') || text[1] != '.') return false;
        if (!TryTakeNumber(text[2..], out var subject, out var subjectLength)) return false;
        length = 2 + subjectLength;
        if (length >= text.Length || text[length++] != '.') return false;
        if (!TryTakeNumber(text[length..], out var detail, out var detailLength)) return false;
        length += detailLength;
        if (length < text.Length && text[length++] != ' ') return false;
        status = new EnhancedStatus((byte)(text[0] - '0'), subject, detail);
        return true;
    }

    private static bool TryTakeNumber(ReadOnlySpan<byte> text, out short number, out int length) =>
        Utf8Parser.TryParse(text, out number, out length) && length <= 3 && char.IsAsciiDigit((char)text[0]);

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (_kept > maxText) return;
        var line = Encoding.UTF8.GetString(text[..Math.Min(text.Length, maxText - _kept)]);
        _kept += text.Length + 1;
        _lines.Add(line.AsSpan().ContainsAnyInRange('\0', '\x1F') || line.Contains('\x7F') ? Printable(line) : line);
    }

    private static string Printable(string line) =>
        string.Create(line.Length, line, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = char.IsControl(source[i]) ? ' ' : source[i];
        });
}
