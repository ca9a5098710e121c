using System.Text;

namespace Modus.Mail.Text;

/// <summary>Charsets by the names that mail gives them, without registering code pages for the whole process.</summary>
internal static class MailCharset
{
    private const int MaxName = 64; // the longest registered name has 45 characters

    /// <summary>UTF-8, in which a byte that does not fit is read as Latin-1: for text that does not say what it is, or lies.</summary>
    public static Encoding Utf8OrLatin1 { get; } =
        Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Latin1Fallback());

    /// <summary>
    /// The charset; null when it is not known, and for two that are not to be believed: US-ASCII, often a lie about UTF-8, and
    /// UTF-7, which hides text from whoever looks at it.
    /// </summary>
    public static Encoding? Find(string? charset)
    {
        if (charset is not { Length: > 0 and <= MaxName }) return null;
        if (charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)) return null;
        if (charset.Equals("utf-7", StringComparison.OrdinalIgnoreCase)) return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The charset to read text in, whatever it says.</summary>
    public static Encoding FindOrGuess(string? charset) =>
        Find(charset) is { } found and not UTF8Encoding ? found : Utf8OrLatin1;

    private sealed class Latin1Fallback : DecoderFallback
    {
        public override int MaxCharCount => 3; // UTF-8 reports what it cannot read in pieces of up to three bytes

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private byte[] _bytes = [];
            private int _next;

            public override int Remaining => _bytes.Length - _next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                _bytes = bytesUnknown;
                _next = 0;
                return bytesUnknown.Length > 0;
            }

            public override char GetNextChar() => _next < _bytes.Length ? (char)_bytes[_next++] : '\0';

            public override bool MovePrevious()
            {
                if (_next == 0) return false;
                _next--;
                return true;
            }

            public override void Reset() => (_bytes, _next) = ([], 0);
        }
    }
}
