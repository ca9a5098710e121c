using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Parser;

/// <summary>A pattern of LIST (RFC 9051 §6.3.9): <c>*</c> stands for anything, <c>%</c> for anything within a level.</summary>
internal sealed class MailboxPattern(string pattern)
{
    private const int InboxLength = 5;

    /// <summary>Takes one pattern, or several in parentheses (RFC 5258 §3).</summary>
    /// <param name="parser">Where they stand.</param>
    /// <param name="utf8">Whether names are UTF-8.</param>
    /// <param name="patterns">The patterns; null stands for one that no name can match.</param>
    /// <param name="isList">True when they stood in parentheses.</param>
    // mbox-or-pat = list-mailbox / patterns ; patterns = "(" list-mailbox *(SP list-mailbox) ")"
    public static bool Take(ref ImapParser parser, bool utf8, out List<string?> patterns, out bool isList)
    {
        patterns = [];
        isList = parser.TryTake('(');
        do
        {
            if (patterns.Count == MaxPatterns) return parser.Fail($"at most {MaxPatterns} patterns");
            if (!parser.TakeListMailbox(out var bytes)) return false;
            var text = MailboxArgument.Decode(bytes, utf8);
            patterns.Add(text is null || text.Length > MaxLength ? null : UnicodeForm.ToNfc(text));
        }
        while (isList && parser.TryTake(' '));

        return !isList || parser.Take(')');
    }

    public bool Matches(MailboxName name)
    {
        var text = name.Value;
        var folded = text.StartsWith("INBOX", StringComparison.Ordinal) && (text.Length == InboxLength || text[InboxLength] == MailboxName.Separator) ? InboxLength : 0;
        var (p, t) = (0, 0);
        var (starPattern, starText, percentPattern, percentText) = (-1, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (starPattern, starText, percentPattern) = (p++, t, -1);
            }
            else if (p < pattern.Length && pattern[p] == '%')
            {
                (percentPattern, percentText) = (p++, t);
            }
            else if (p < pattern.Length && (pattern[p] == text[t] || (t < folded && char.ToUpperInvariant(pattern[p]) == text[t])))
            {
                p++;
                t++;
            }
            else if (percentPattern >= 0 && text[percentText] != MailboxName.Separator)
            {
                (p, t) = (percentPattern + 1, ++percentText);
            }
            else if (starPattern >= 0)
            {
                (p, t, percentPattern) = (starPattern + 1, ++starText, -1);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).IndexOfAnyExcept('*', '%') < 0;
    }

    private const int MaxPatterns = 20; // each is compared with every name of the account
    private const int MaxLength = 1000; // as long as a mailbox name may be
}
