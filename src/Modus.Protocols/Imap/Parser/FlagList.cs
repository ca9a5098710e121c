using System.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Parser;

/// <summary>Flags as a client names them: system flags, and keywords.</summary>
internal sealed record FlagList(MessageFlags Flags, IReadOnlyList<string> Keywords)
{
    // Dovecot's default for keywords of one message is as generous; more belong into METADATA.
    private const int MaxKeywords = 128;
    private const int MaxKeywordLength = 100;

    public static FlagList Empty { get; } = new(MessageFlags.None, []);

    /// <summary>The system flags with their names (RFC 9051 §2.3.2).</summary>
    public static IReadOnlyList<(MessageFlags Flag, string Name)> SystemFlags { get; } =
    [
        (MessageFlags.Answered, "\\Answered"), (MessageFlags.Flagged, "\\Flagged"), (MessageFlags.Deleted, "\\Deleted"),
        (MessageFlags.Seen, "\\Seen"), (MessageFlags.Draft, "\\Draft"),
    ];

    // flag-list = "(" [flag *(SP flag)] ")"
    public static bool Take(ref ImapParser parser, out FlagList list)
    {
        list = Empty;
        if (!parser.Take('(')) return false;
        if (parser.TryTake(')')) return true;
        return TakeFlags(ref parser, out list) && parser.Take(')');
    }

    // flag *(SP flag)
    public static bool TakeFlags(ref ImapParser parser, out FlagList list)
    {
        list = Empty;
        var flags = MessageFlags.None;
        var keywords = new List<string>();
        do
        {
            if (!TakeFlag(ref parser, out var flag, out var keyword)) return false;
            flags |= flag;
            if (keyword is not null && !keywords.Contains(keyword, StringComparer.OrdinalIgnoreCase)) keywords.Add(keyword);
            if (keywords.Count > MaxKeywords) return parser.Fail($"at most {MaxKeywords} keywords");
        }
        while (parser.TryTake(' '));

        list = new FlagList(flags, keywords);
        return true;
    }

    // flag = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" / flag-keyword / flag-extension
    private static bool TakeFlag(ref ImapParser parser, out MessageFlags flag, out string? keyword)
    {
        flag = MessageFlags.None;
        keyword = null;
        if (parser.TryTake('\\'))
        {
            if (!parser.TakeAtom(out var name)) return false;
            foreach (var (systemFlag, text) in SystemFlags)
            {
                if (!Ascii.EqualsIgnoreCase(name, text.AsSpan(1))) continue;
                flag = systemFlag;
                return true;
            }

            // \Recent is the server's to set (RFC 3501 §2.3.2), and there are no others.
            return parser.Fail("a flag that clients may set");
        }

        if (!parser.TakeAtom(out var atom)) return false;
        keyword = Encoding.ASCII.GetString(atom);
        return (keyword.Length <= MaxKeywordLength && Ascii.IsValid(atom)) || parser.Fail($"a keyword of at most {MaxKeywordLength} ASCII characters");
    }
}
