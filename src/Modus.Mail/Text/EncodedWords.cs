// =?charset?Q or B?encoded text?= (RFC 2047 §2). MimeKit's decoder knows code pages only after they were registered for the
// whole process, so this reads them itself; it also takes words where they may not stand but do, such as in quoted strings.
using System.Buffers;
using System.Text;
using MimeKit.Encodings;

namespace Modus.Mail.Text;

/// <summary>Undoes the encoded words of an unfolded header value. Never throws; what is no encoded word stays as it is.</summary>
internal static class EncodedWords
{
    public static string Decode(string value)
    {
        if (!value.Contains("=?", StringComparison.Ordinal)) return value;
        var result = new StringBuilder(value.Length);
        var pending = new Run(result);
        var rest = value.AsSpan();
        while (!rest.IsEmpty)
        {
            var start = rest.IndexOf("=?", StringComparison.Ordinal);
            if (start < 0) start = rest.Length;
            if (!TryRead(rest[start..], out var word))
            {
                var plain = Math.Min(rest.Length, start + 2);
                pending.End();
                result.Append(rest[..plain]);
                rest = rest[plain..];
                continue;
            }

            // White space between two encoded words is no part of the text (RFC 2047 §6.2).
            if (!pending.IsOpen || !rest[..start].IsWhiteSpace())
            {
                pending.End();
                result.Append(rest[..start]);
            }

            pending.Add(word);
            rest = rest[(start + word.Length)..];
        }

        pending.End();
        return result.ToString();
    }

    private static bool TryRead(ReadOnlySpan<char> text, out Word word)
    {
        word = default;
        if (text.Length < 8) return false; // =?c?q??=
        var charset = text[2..];
        var charsetEnd = charset.IndexOf('?');
        if (charsetEnd <= 0 || charset.Length < charsetEnd + 5 || charset[charsetEnd + 2] != '?') return false;
        var encoding = charset[charsetEnd + 1] | 0x20;
        if (encoding is not ('q' or 'b')) return false;
        var content = charset[(charsetEnd + 3)..];
        var end = content.IndexOf('?');
        if (end < 0 || end + 1 >= content.Length || content[end + 1] != '=') return false;
        var language = charset[..charsetEnd].IndexOf('*'); // RFC 2231 §5
        word = new Word(
            charset[..(language < 0 ? charsetEnd : language)], encoding == 'b', content[..end], 2 + charsetEnd + 3 + end + 2);
        return true;
    }

    private readonly ref struct Word(ReadOnlySpan<char> charset, bool isBase64, ReadOnlySpan<char> content, int length)
    {
        public ReadOnlySpan<char> Charset { get; } = charset;

        public bool IsBase64 { get; } = isBase64;

        public ReadOnlySpan<char> Content { get; } = content;

        public int Length { get; } = length;
    }

    /// <summary>Words of one charset that follow each other; some mailers break a character between two of them.</summary>
    private sealed class Run(StringBuilder target)
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private string? _charset;

        public bool IsOpen => _charset is not null;

        public void Add(Word word)
        {
            if (_charset is not null && !word.Charset.Equals(_charset, StringComparison.OrdinalIgnoreCase)) End();
            _charset ??= word.Charset.ToString();
            var encoded = Encoding.Latin1.GetBytes(word.Content.ToArray());
            IMimeDecoder decoder = word.IsBase64 ? new Base64Decoder() : new QuotedPrintableDecoder(rfc2047: true);
            var decoded = new byte[decoder.EstimateOutputLength(encoded.Length)];
            _bytes.Write(decoded.AsSpan(0, decoder.Decode(encoded, 0, encoded.Length, decoded)));
        }

        public void End()
        {
            if (_charset is null) return;
            target.Append(MailCharset.FindOrGuess(_charset).GetString(_bytes.WrittenSpan));
            _bytes.ResetWrittenCount();
            _charset = null;
        }
    }
}
