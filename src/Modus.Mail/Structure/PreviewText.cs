using System.Buffers;
using System.Net;
using System.Text;
using Modus.Mail.Text;

namespace Modus.Mail.Structure;

/// <summary>The words of a text, in one line (RFC 8970 §3.1).</summary>
internal static class PreviewText
{
    /// <summary>Makes a preview of a text.</summary>
    public delegate string Form(ReadOnlySpan<char> text);

    /// <summary>Reads bytes in a charset; one that is not known is read as UTF-8, or Latin-1 where that does not fit.</summary>
    public static string Read(ReadOnlySpan<byte> bytes, string? charset, Form form)
    {
        var encoding = MailCharset.Find(charset);
        encoding ??= Guess(ref bytes);
        var chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(bytes.Length));
        try
        {
            return form(chars.AsSpan(0, encoding.GetChars(bytes, chars)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(chars);
        }
    }

    /// <summary>Takes the text as it is.</summary>
    public static string FromPlain(ReadOnlySpan<char> text) => Squeeze(text);

    /// <summary>Takes tags, comments, styles and scripts away, and undoes entities.</summary>
    public static string FromHtml(ReadOnlySpan<char> html)
    {
        var text = new StringBuilder(StructureLimits.Preview * 2);
        while (!html.IsEmpty && text.Length < StructureLimits.Preview * 8)
        {
            var open = html.IndexOf('<');
            if (open < 0) open = html.Length;
            text.Append(html[..open]).Append(' ');
            html = SkipTag(html[open..]);
        }

        return Squeeze(WebUtility.HtmlDecode(text.ToString()));
    }

    // A cut at the bound may have split the last character: its pieces are no reason to doubt the rest.
    private static Encoding Guess(ref ReadOnlySpan<byte> bytes)
    {
        for (var cut = 0; cut <= 3 && cut <= bytes.Length; cut++)
        {
            if (!System.Text.Unicode.Utf8.IsValid(bytes[..^cut])) continue;
            bytes = bytes[..^cut];
            return Encoding.UTF8;
        }

        return Encoding.Latin1;
    }

    private static ReadOnlySpan<char> SkipTag(ReadOnlySpan<char> html)
    {
        if (html.StartsWith("<!--", StringComparison.Ordinal)) return After(html, "-->");
        foreach (var (start, end) in Unseen)
            if (html.StartsWith(start, StringComparison.OrdinalIgnoreCase)) return After(After(html, end), ">");
        return After(html, ">");
    }

    private static readonly (string Start, string End)[] Unseen =
        [("<style", "</style"), ("<script", "</script"), ("<head", "</head"), ("<title", "</title")];

    private static ReadOnlySpan<char> After(ReadOnlySpan<char> html, string mark)
    {
        var at = html.IndexOf(mark, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? [] : html[(at + mark.Length)..];
    }

    // Runs of white space and control characters become one space.
    private static string Squeeze(ReadOnlySpan<char> text)
    {
        Span<char> result = stackalloc char[StructureLimits.Preview];
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune) || Rune.IsControl(rune))
            {
                if (length > 0 && result[length - 1] != ' ' && length < result.Length) result[length++] = ' ';
            }
            else if (!rune.TryEncodeToUtf16(result[length..], out var written))
            {
                break;
            }
            else
            {
                length += written;
            }

            if (length == result.Length) break;
        }

        return result[..length].TrimEnd(' ').ToString();
    }
}
