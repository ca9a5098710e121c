using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Sets annotations, all or none; NIL removes (RFC 5464 §4.3).</summary>
// setmetadata = "SETMETADATA" SP mailbox SP entry-values
internal sealed class SetMetadataCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!MetadataEntries.TakeMailbox(ref parser, session, out var argument) || !parser.TakeSpace()
            || !MetadataEntries.TakeValues(ref parser, out var values) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
        var place = await MetadataEntries.FindAsync(session, argument, cancellationToken);
        if (!place.IsThere) return MailboxLookup.NotThere;

        // What all accounts of the server see is not one account's to write.
        if (place.IsServer && values.Any(static value => value.Entry.StartsWith("/shared", StringComparison.OrdinalIgnoreCase)))
            return ImapResult.No("The server's shared entries are the administrator's.", "NOPERM");
        var annotations = session.Room.Ports.Annotations;
        var outcome = await annotations.ChangeAsync(session.State.Identity!.Account, place.Id, values, cancellationToken);
        if (outcome == StoreOutcome.Done) session.State.NoteOwn(new OwnChange(MailboxChangeKind.Metadata, Mailbox: place.Id ?? default, Annotations: values));
        return outcome switch
        {
            StoreOutcome.TooLarge => ImapResult.No("That value is too large.", $"METADATA MAXSIZE {annotations.Limits.MaxValueLength}"),
            StoreOutcome.TooMany => ImapResult.No("There are too many entries already.", "METADATA TOOMANY"),
            _ => MailboxLookup.ToResult(outcome),
        };
    }
}
