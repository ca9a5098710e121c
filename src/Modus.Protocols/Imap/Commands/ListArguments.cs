using Modus.Protocols.Imap.Parser;

namespace Modus.Protocols.Imap.Commands;

/// <summary>What a LIST asks for (RFC 9051 §6.3.9, RFC 5258, RFC 6154 §5, RFC 5819).</summary>
internal sealed record ListArguments
{
    public string Reference { get; init; } = "";

    /// <summary>The patterns; null stands for one that no name can match.</summary>
    public IReadOnlyList<string?> Patterns { get; init; } = [];

    /// <summary>True for more than the command of RFC 3501.</summary>
    public bool IsExtended { get; init; }

    public bool OnlySubscribed { get; init; }

    public bool OnlySpecialUse { get; init; }

    public bool RecursiveMatch { get; init; }

    public bool ReturnsSubscribed { get; init; }

    public StatusItems? Status { get; init; }

    /// <summary>True for <c>LIST "" ""</c>, which asks for the separator.</summary>
    public bool AsksForSeparator => !IsExtended && Patterns is [""];

    // list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
    public static bool Take(ref ImapParser parser, ImapSession session, out ListArguments arguments)
    {
        arguments = new ListArguments();
        var mayExtend = session.State.Has(ImapCapability.ListExtended) || session.State.Has(ImapCapability.SpecialUse);
        if (mayExtend && parser.IsAt('('))
        {
            arguments = arguments with { IsExtended = true };
            if (!TakeSelection(ref parser, session, ref arguments) || !parser.TakeSpace()) return false;
        }

        var utf8 = session.State.IsUtf8;
        if (!parser.TakeAstring(out var reference) || !parser.TakeSpace()) return false;
        if (!MailboxPattern.Take(ref parser, utf8, out var patterns, out var isList)) return false;
        if (isList && !session.State.Has(ImapCapability.ListExtended)) return parser.Fail("one pattern");
        arguments = arguments with
        {
            Reference = MailboxArgument.Decode(reference, utf8) ?? "\0",
            Patterns = patterns,
            IsExtended = arguments.IsExtended || isList,
        };
        if (parser.IsAtEnd) return true;
        if (!parser.TakeSpace() || !parser.TryTakeWord("RETURN"u8) || !parser.TakeSpace()) return parser.Fail("RETURN");
        arguments = arguments with { IsExtended = true };
        return TakeReturn(ref parser, session, ref arguments) && parser.TakeEnd();
    }

    // list-select-opts = "(" [list-select-opt *(SP list-select-opt)] ")"
    private static bool TakeSelection(ref ImapParser parser, ImapSession session, ref ListArguments arguments)
    {
        if (!parser.Take('(')) return false;
        for (var isFirst = true; !parser.TryTake(')'); isFirst = false)
        {
            if (!isFirst && !parser.TakeSpace()) return false;
            if (!parser.TakeKeyword(out var option)) return false;
            switch (option)
            {
                case "SUBSCRIBED": arguments = arguments with { OnlySubscribed = true }; break;
                case "RECURSIVEMATCH": arguments = arguments with { RecursiveMatch = true }; break;
                case "SPECIAL-USE" when session.State.Has(ImapCapability.SpecialUse): arguments = arguments with { OnlySpecialUse = true }; break;
                case "REMOTE": break; // every mailbox is here
                default: return parser.Fail("a selection option");
            }
        }

        // RFC 5258 §3.1: it modifies an option that selects by itself, and SPECIAL-USE is none of those (RFC 6154 §6).
        return !arguments.RecursiveMatch || arguments.OnlySubscribed || parser.Fail("SUBSCRIBED with RECURSIVEMATCH");
    }

    // list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
    private static bool TakeReturn(ref ImapParser parser, ImapSession session, ref ListArguments arguments)
    {
        if (!parser.Take('(')) return false;
        for (var isFirst = true; !parser.TryTake(')'); isFirst = false)
        {
            if (!isFirst && !parser.TakeSpace()) return false;
            if (!parser.TakeKeyword(out var option)) return false;
            switch (option)
            {
                case "SUBSCRIBED": arguments = arguments with { ReturnsSubscribed = true }; break;
                case "CHILDREN": break; // said always (RFC 3348)
                case "SPECIAL-USE" when session.State.Has(ImapCapability.SpecialUse): break; // said always
                case "STATUS" when session.State.Has(ImapCapability.ListStatus):
                    if (!parser.TakeSpace() || !StatusItems.Take(ref parser, session, out var status)) return false;
                    arguments = arguments with { Status = status };
                    break;
                default: return parser.Fail("a return option");
            }
        }

        return true;
    }
}
