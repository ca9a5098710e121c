using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Modus.Protocols.Imap.Search;

/// <summary>The character sets that search strings may come in (RFC 9051 §6.4.4).</summary>
internal static class SearchCharset
{
    /// <summary>The response code for all others (RFC 9051 §7.1); the two that every server knows are enough of a hint.</summary>
    public const string BadCharset = "BADCHARSET (US-ASCII UTF-8)";

    // Those that mail clients are known to send, by the platform's code pages.
    private static readonly FrozenDictionary<string, int> CodePages = new Dictionary<string, int>
    {
        ["US-ASCII"] = 20127, ["ASCII"] = 20127, ["ANSI_X3.4-1968"] = 20127, ["UTF-8"] = 65001, ["UTF8"] = 65001,
        ["ISO-8859-1"] = 28591, ["ISO-8859-2"] = 28592, ["ISO-8859-5"] = 28595, ["ISO-8859-7"] = 28597, ["ISO-8859-9"] = 28599,
        ["ISO-8859-15"] = 28605, ["WINDOWS-1250"] = 1250, ["WINDOWS-1251"] = 1251, ["WINDOWS-1252"] = 1252, ["KOI8-R"] = 20866,
        ["KOI8-U"] = 21866, ["SHIFT_JIS"] = 932, ["EUC-JP"] = 51932, ["GB2312"] = 936, ["GBK"] = 936, ["BIG5"] = 950, ["EUC-KR"] = 51949,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Without a CHARSET strings are UTF-8 (RFC 9051 §6.4.4), of which the US-ASCII of RFC 3501 is a part.</summary>
    public static Encoding Default { get; } = new UTF8Encoding(false, throwOnInvalidBytes: false);

    public static bool TryFind(string name, [NotNullWhen(true)] out Encoding? encoding)
    {
        encoding = null;
        if (!CodePages.TryGetValue(name, out var page)) return false;
        encoding = page switch
        {
            65001 => Default,
            20127 => Encoding.ASCII,
            _ => CodePagesEncodingProvider.Instance.GetEncoding(page) ?? Encoding.GetEncoding(page),
        };
        return true;
    }

    /// <summary>Reads a string.</summary>
    /// <returns>False for bytes that are none of the character set.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, Encoding encoding, out string text)
    {
        text = "";
        if (encoding.CodePage == 65001 && !System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        if (encoding.CodePage == 20127 && !Ascii.IsValid(bytes)) return false;
        text = encoding.GetString(bytes);
        return true;
    }
}
