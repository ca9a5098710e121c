using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Selects a mailbox: SELECT, and EXAMINE, which changes nothing (RFC 9051 §6.3.2, §6.3.3), with CONDSTORE and QRESYNC (RFC 7162).</summary>
// select = "SELECT" SP mailbox [select-params] ; select-params = SP "(" select-param *(SP select-param) ")"
internal sealed class SelectCommand(bool readOnly) : IImapCommand
{
    private const int FirstUnseenWithin = 1000; // messages that are looked at for [UNSEEN]: a hint that clients can do without

    private readonly record struct Request(MailboxArgument Mailbox, bool Condstore, ResyncRequest? Resync);

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var request, out var fault)) return fault;

        // The old one is left whatever becomes of the new one (RFC 9051 §6.3.2).
        if (session.State.Selected is not null)
        {
            session.State.Select(null);
            if (TellsClosed(session.State)) session.Output.WriteLine("* OK [CLOSED] The previous mailbox is closed.");
        }

        if (await MailboxLookup.FindAsync(session, request.Mailbox, cancellationToken) is not { } mailbox) return MailboxLookup.NotThere;
        if (await OpenAsync(session, mailbox.Id, cancellationToken) is not { } selected) return MailboxLookup.NotThere;
        if (request.Condstore) session.State.Enable(ImapFeatures.Condstore);
        await DescribeAsync(session, selected, request.Mailbox.Supplied, cancellationToken);
        if (request.Resync is { } resync) await Resync.WriteAsync(session, selected, resync, cancellationToken);
        session.State.Select(selected);
        return ImapResult.Ok("Selected.", readOnly ? "READ-ONLY" : "READ-WRITE");
    }

    // RFC 7162 §3.2.11: whoever lists one of its capabilities says it, whatever the client enabled.
    private static bool TellsClosed(ImapSessionState state) =>
        state.IsEnabled(ImapFeatures.Rev2) || state.Has(ImapCapability.Condstore) || state.Has(ImapCapability.Qresync);

    private async ValueTask<SelectedMailbox?> OpenAsync(ImapSession session, MailboxId id, CancellationToken cancellationToken)
    {
        var store = session.Room.Ports.Mail;
        var recent = readOnly ? default : (await store.TakeRecentAsync(id, cancellationToken)).Value;
        if (await store.OpenMailboxAsync(id, cancellationToken) is not { } view) return null;
        if (readOnly) recent = new RecentUids(view.Mailbox.FirstRecent, view.Mailbox.UidNext);
        return new SelectedMailbox(view, readOnly, recent, await store.ListKeywordsAsync(id, cancellationToken));
    }

    private static async ValueTask DescribeAsync(ImapSession session, SelectedMailbox selected, string? supplied, CancellationToken cancellationToken)
    {
        var output = session.Output;
        var mailbox = selected.Mailbox;
        selected.WriteFlags(output);
        output.WriteLine($"* {selected.Uids.Count} EXISTS");
        selected.WriteRecent(session);
        if (!session.State.IsEnabled(ImapFeatures.Rev2) && await FindFirstUnseenAsync(session, selected, cancellationToken) is var unseen and > 0)
            output.WriteLine($"* OK [UNSEEN {unseen}] The first unseen message.");
        output.WriteLine($"* OK [UIDVALIDITY {mailbox.UidValidity.Value}] UIDs are valid.");
        output.WriteLine($"* OK [UIDNEXT {mailbox.UidNext.Value}] The next UID.");
        output.WriteLine($"* OK [HIGHESTMODSEQ {mailbox.HighestModSeq.Value}] The last change.");
        if (session.State.Has(ImapCapability.ObjectId)) output.WriteLine($"* OK [MAILBOXID ({ObjectIds.Of(mailbox.Id)})] Its name for ever.");
        if (session.State.IsEnabled(ImapFeatures.Rev2)) await MailboxListing.WriteOneAsync(session, mailbox, supplied, cancellationToken);
    }

    private static async ValueTask<int> FindFirstUnseenAsync(ImapSession session, SelectedMailbox selected, CancellationToken cancellationToken)
    {
        if (selected.Mailbox.Unseen == 0) return 0;
        var page = await session.Room.Ports.Mail.ReadMessagesAsync(selected.Id, UidRange.All, default, FirstUnseenWithin, cancellationToken);
        return page.FirstOrDefault(static message => !message.Flags.HasFlag(MessageFlags.Seen)) is { } first ? selected.Uids.SequenceNumberOf(first.Uid) : 0;
    }

    private static bool TryParse(ImapSession session, out Request request, out ImapResult fault)
    {
        var parser = session.Arguments;
        request = default;
        fault = ImapResult.Ok();
        if (MailboxArgument.Take(ref parser, session.State.IsUtf8, out var mailbox))
        {
            request = new Request(mailbox, false, null);
            if (parser.IsAtEnd || (parser.TakeSpace() && TakeParameters(session, ref parser, ref request) && parser.TakeEnd()))
            {
                if (request.Resync is null || session.State.IsEnabled(ImapFeatures.Qresync)) return true;
                fault = ImapResult.Bad("Enable QRESYNC first.");
                return false;
            }
        }

        fault = ImapSession.SyntaxFault(parser);
        return false;
    }

    private static bool TakeParameters(ImapSession session, ref ImapParser parser, ref Request request)
    {
        if (!parser.Take('(')) return false;
        do
        {
            if (session.State.Has(ImapCapability.Qresync) && parser.TryTakeWord("QRESYNC"u8))
            {
                if (request.Resync is not null) return parser.Fail("QRESYNC once");
                if (!parser.TakeSpace() || !ResyncRequest.Take(ref parser, out var resync)) return false;
                request = request with { Resync = resync, Condstore = true };
            }
            else if (session.State.Has(ImapCapability.Condstore) && parser.TryTakeWord("CONDSTORE"u8))
            {
                request = request with { Condstore = true };
            }
            else
            {
                return parser.Fail("CONDSTORE or QRESYNC");
            }
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }
}
