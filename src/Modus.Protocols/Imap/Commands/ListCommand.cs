using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Lists mailboxes (RFC 9051 §6.3.9), extended (RFC 5258), with purposes (RFC 6154) and STATUS (RFC 5819).</summary>
internal sealed class ListCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var arguments, out var fault)) return fault;
        if (arguments.AsksForSeparator)
        {
            session.Output.WriteLine("* LIST (\\Noselect) \"/\" \"\"");
            return ImapResult.Ok();
        }

        MailboxPattern[] patterns = [.. arguments.Patterns.OfType<string>().Select(pattern => new MailboxPattern(arguments.Reference + pattern))];
        var names = await MailboxListing.GatherAsync(session, cancellationToken);
        var above = arguments.RecursiveMatch ? new SuperiorsOfMatches(names.Where(listed => IsSelected(listed, arguments)), patterns) : null;
        if (above is not null) names = above.AddNamesWithoutMailbox(names);
        foreach (var listed in names)
        {
            if (!patterns.Any(pattern => pattern.Matches(listed.Name)) || !Write(session, listed, arguments, above)) continue;
            if (arguments.Status is { } status && listed.Mailbox is { } mailbox) await status.WriteAsync(session, mailbox, cancellationToken);
            if (!await session.Output.FlushIfFullAsync()) break;
        }

        return ImapResult.Ok();
    }

    private static bool IsSelected(ListedName listed, ListArguments arguments) =>
        (listed.Mailbox is not null || arguments.OnlySubscribed)
        && (!arguments.OnlySubscribed || listed.IsSubscribed)
        && (!arguments.OnlySpecialUse || listed.Mailbox?.SpecialUse is not (null or SpecialUse.None));

    private static bool Write(ImapSession session, ListedName listed, ListArguments arguments, SuperiorsOfMatches? above)
    {
        var isSelected = IsSelected(listed, arguments);
        if (!isSelected && above?.OfHidden.Contains(listed.Name) != true) return false;
        string[] attributes = (arguments.OnlySubscribed || arguments.ReturnsSubscribed) && listed.IsSubscribed ? ["\\Subscribed"] : [];
        MailboxListing.Write(session, listed, attributes, above?.OfAll.Contains(listed.Name) == true
            ? static output => output.Write("\"CHILDINFO\" (\"SUBSCRIBED\")"u8) : null);
        return true;
    }

    private static bool TryParse(ImapSession session, out ListArguments arguments, out ImapResult fault)
    {
        var parser = session.Arguments;
        fault = ImapResult.Ok();
        if (ListArguments.Take(ref parser, session, out arguments)) return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
