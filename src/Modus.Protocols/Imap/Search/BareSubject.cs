using Modus.Mail.Text;

namespace Modus.Protocols.Imap.Search;

/// <summary>The base subject (RFC 5256 §2.1): a subject without what replying and forwarding put around it.</summary>
/// <param name="Text">The text, not folded.</param>
/// <param name="IsReplyOrForward">Whether something was taken away that says so (RFC 5256 §3).</param>
internal readonly record struct BareSubject(string Text, bool IsReplyOrForward)
{
    private const string Forwarded = "(fwd)";
    private const string ForwardHeader = "[fwd:";

    /// <summary>Extracts it. Takes time that grows with the length, whatever the text is.</summary>
    /// <param name="subject">The Subject field as it stands; null when there is none.</param>
    public static BareSubject Of(string? subject)
    {
        var text = Squeeze(HeaderWords.Decode(subject ?? "")).AsSpan(); // (1)
        var isReply = false;
        while (true)
        {
            text = TrimEnd(text, ref isReply); // (2)
            text = TrimStart(text, ref isReply); // (3) to (5)
            if (!StartsWith(text, ForwardHeader) || text[^1] != ']') break; // (6)
            text = text[ForwardHeader.Length..^1];
            isReply = true;
        }

        return new BareSubject(text.ToString(), isReply);
    }

    // Tabs and what is left of folds become spaces, and several spaces one.
    private static string Squeeze(string text) =>
        string.Join(' ', text.Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));

    // subj-trailer = "(fwd)" / WSP
    private static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text, scoped ref bool isReply)
    {
        while (true)
        {
            text = text.TrimEnd(' ');
            if (!text.EndsWith(Forwarded, StringComparison.OrdinalIgnoreCase)) return text;
            text = text[..^Forwarded.Length];
            isReply = true;
        }
    }

    // subj-leader = (*subj-blob subj-refwd) / WSP, and blobs in front of a base that is not empty.
    private static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text, scoped ref bool isReply)
    {
        while (true)
        {
            text = text.TrimStart(' ');
            var rest = text;
            var last = text; // where the last blob begins
            while (TrySkipBlob(rest, out var behind))
            {
                last = rest;
                rest = behind;
            }

            if (TrySkipReply(rest, out var replied))
            {
                isReply = true;
                text = replied;
                continue;
            }

            // Without "re:" behind them blobs go one by one as long as something is left: all but the last, or all.
            return rest.IsEmpty ? last : rest;
        }
    }

    // subj-blob = "[" *BLOBCHAR "]" *WSP ; BLOBCHAR = any but "[" and "]"
    private static bool TrySkipBlob(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        rest = text;
        if (text.IsEmpty || text[0] != '[') return false;
        var end = text[1..].IndexOfAny('[', ']') + 1;
        if (end == 0 || text[end] != ']') return false;
        rest = text[(end + 1)..].TrimStart(' ');
        return true;
    }

    // subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
    private static bool TrySkipReply(ReadOnlySpan<char> text, out ReadOnlySpan<char> rest)
    {
        rest = text;
        if (StartsWith(text, "fwd")) rest = text[3..];
        else if (StartsWith(text, "re") || StartsWith(text, "fw")) rest = text[2..];
        else return false;
        rest = rest.TrimStart(' ');
        if (TrySkipBlob(rest, out var behind)) rest = behind;
        if (rest.IsEmpty || rest[0] != ':') return false;
        rest = rest[1..];
        return true;
    }

    private static bool StartsWith(ReadOnlySpan<char> text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);
}
