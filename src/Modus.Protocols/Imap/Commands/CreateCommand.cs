using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Makes a mailbox (RFC 9051 §6.3.4), for a purpose if asked (RFC 6154 §3).</summary>
// create = "CREATE" SP mailbox [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"]
internal sealed class CreateCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var mailbox, out var uses, out var fault)) return fault;
        if (mailbox.Name is not { } name) return MailboxLookup.BadName;
        if (name.IsInbox) return MailboxLookup.ToResult(StoreOutcome.AlreadyExists);
        if (uses.Any(static use => use is not { IsRealMailbox: true }) || uses.Count > 1)
            return ImapResult.No("No mailbox can be made for that purpose.", "USEATTR");
        var use = uses.Count == 0 ? SpecialUse.None : uses[0].Use;
        if (use != SpecialUse.None && await IsTakenAsync(session, use, cancellationToken)) return ImapResult.No("There is one for that purpose already.", "USEATTR");

        var made = await session.Room.Ports.Mail.CreateMailboxAsync(session.State.Identity!.Account, name, use, cancellationToken);
        if (!made.IsDone) return MailboxLookup.ToResult(made.Outcome);
        session.State.NoteOwn(new OwnChange(MailboxChangeKind.Created, name));
        await MailboxListing.WriteConvertedAsync(session, name, mailbox.Supplied, cancellationToken);
        return session.State.Has(ImapCapability.ObjectId)
            ? ImapResult.Ok("Made.", $"MAILBOXID ({ObjectIds.Of(made.Value.Id)})") // RFC 8474 §4.1
            : ImapResult.Ok("Made.");
    }

    private static async ValueTask<bool> IsTakenAsync(ImapSession session, SpecialUse use, CancellationToken cancellationToken) =>
        (await session.Room.Ports.Mail.ListMailboxesAsync(session.State.Identity!.Account, cancellationToken)).Any(mailbox => mailbox.SpecialUse == use);

    private static bool TryParse(ImapSession session, out MailboxArgument mailbox, out List<SpecialUseName> uses, out ImapResult fault)
    {
        var parser = session.Arguments;
        uses = [];
        fault = ImapResult.Ok();
        if (MailboxArgument.Take(ref parser, session.State.IsUtf8, out mailbox)
            && (parser.IsAtEnd || (parser.TakeSpace() && TakeUses(session, ref parser, uses) && parser.TakeEnd())))
            return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }

    private static bool TakeUses(ImapSession session, ref ImapParser parser, List<SpecialUseName> uses)
    {
        if (!parser.Take('(')) return false;
        if (!session.State.Has(ImapCapability.CreateSpecialUse) || !parser.TryTakeWord("USE"u8)) return parser.Fail("USE");
        if (!parser.TakeSpace() || !parser.Take('(')) return false;
        while (!parser.TryTake(')'))
        {
            if (uses.Count > 0 && !parser.TakeSpace()) return false;
            if (!parser.Take('\\') || !parser.TakeKeyword(out var name)) return false;
            uses.Add(SpecialUseName.Find(name));
            if (uses.Count > SpecialUseName.All.Count) return parser.Fail("fewer purposes");
        }

        return parser.Take(')');
    }
}
