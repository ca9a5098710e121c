using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Lists subscribed names (RFC 3501 §6.3.9).</summary>
// lsub = "LSUB" SP mailbox SP list-mailbox
internal sealed class LsubCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var reference, out var pattern, out var fault)) return fault;
        var matcher = new MailboxPattern(reference + pattern);
        var shown = new HashSet<MailboxName>();
        foreach (var listed in await MailboxListing.GatherAsync(session, cancellationToken))
        {
            if (!listed.IsSubscribed) continue;
            if (matcher.Matches(listed.Name))
            {
                if (shown.Add(listed.Name)) MailboxListing.Write(session, listed, [], verb: "LSUB");
            }
            else if (pattern.Contains('%', StringComparison.Ordinal))
            {
                WriteSuperior(session, matcher, listed.Name, shown);
            }

            if (!await session.Output.FlushIfFullAsync()) break;
        }

        return ImapResult.Ok();
    }

    // RFC 3501 §6.3.9: with "%" a level above a subscribed name is shown as \Noselect when it is not subscribed itself.
    private static void WriteSuperior(ImapSession session, MailboxPattern matcher, MailboxName name, HashSet<MailboxName> shown)
    {
        for (var end = name.Value.LastIndexOf(MailboxName.Separator); end > 0; end = name.Value.LastIndexOf(MailboxName.Separator, end - 1))
        {
            var superior = MailboxName.Parse(name.Value[..end]);
            if (!matcher.Matches(superior) || !shown.Add(superior)) continue;
            session.Output.Write("* LSUB (\\Noselect) \"/\" "u8);
            session.Output.WriteMailbox(superior);
            session.Output.Write("\r\n"u8);
        }
    }

    private static bool TryParse(ImapSession session, out string reference, out string pattern, out ImapResult fault)
    {
        var parser = session.Arguments;
        (reference, pattern) = ("", "");
        fault = ImapResult.Ok();
        if (parser.TakeAstring(out var referenceBytes) && parser.TakeSpace() && parser.TakeListMailbox(out var patternBytes) && parser.TakeEnd())
        {
            reference = MailboxArgument.Decode(referenceBytes, session.State.IsUtf8) ?? "\0";
            pattern = MailboxArgument.Decode(patternBytes, session.State.IsUtf8) ?? "\0";
            return true;
        }

        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
