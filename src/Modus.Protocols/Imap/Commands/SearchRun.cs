using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>What SEARCH, SORT and THREAD have in common.</summary>
internal static class SearchRun
{
    public delegate bool Take(ref ImapParser parser, out SearchArguments? arguments);

    /// <summary>Reads the arguments, and says what keeps the command from being run.</summary>
    public static bool TryParse(ImapSession session, Take take, out SearchArguments arguments, out ImapResult fault)
    {
        var parser = new ImapParser(session.Reader.Text[(session.ArgumentsAt - 1)..]); // with the space behind the verb
        arguments = null!;
        fault = ImapResult.Ok();
        if (!take(ref parser, out var parsed) || parsed is null)
        {
            fault = ImapSession.SyntaxFault(parser);
            return false;
        }

        arguments = parsed;
        if (FindMissingCapability(session, parsed) is { } missing) fault = ImapResult.Bad($"{missing} is switched off here.");
        else if (parsed.NamesCharset && session.State.IsEnabled(ImapFeatures.Utf8)) fault = ImapResult.Bad("Behind ENABLE UTF8=ACCEPT a SEARCH names no character set."); // RFC 6855 §3
        else if (parsed.Refusal is { } refusal) fault = refusal;
        else
        {
            if (parsed.HasModSeq) session.State.Enable(ImapFeatures.Condstore); // RFC 7162 §3.1
            return true;
        }

        // A search that was to be saved and is not leaves nothing saved (RFC 5182 §2.1).
        if (fault.Status == ImapStatus.No && parsed.Return?.Has(ReturnItems.Save) == true) session.State.Selected!.SavedResult = UidMap.Empty;
        return false;
    }

    public static SearchContext ContextOf(ImapSession session)
    {
        var selected = session.State.Selected!;
        return new SearchContext
        {
            Store = session.Room.Ports.Mail,
            Index = session.Room.Ports.TextIndex,
            Account = session.State.Identity!.Account,
            Mailbox = selected.Id,
            View = selected.Uids,
            Recent = selected.Recent,
            Saved = selected.SavedResult,
            Time = session.Room.Clock,
        };
    }

    public static MessageNumbers NumbersOf(SelectedMailbox selected, bool byUid) => byUid ? MessageNumbers.Uids : new MessageNumbers(selected.Uids);

    private static string? FindMissingCapability(ImapSession session, SearchArguments arguments)
    {
        if (arguments.Capabilities.FirstOrDefault(capability => !session.State.Has(capability)) is { } missing) return missing;
        if (arguments.Return is not { } options) return null;
        if (!session.State.Has(ImapCapability.ESearch)) return ImapCapability.ESearch;
        if (options.Has(ReturnItems.Save) && !session.State.Has(ImapCapability.SearchRes)) return ImapCapability.SearchRes;
        return options.Has(ReturnItems.Partial) && !session.State.Has(ImapCapability.Partial) ? ImapCapability.Partial : null;
    }
}
