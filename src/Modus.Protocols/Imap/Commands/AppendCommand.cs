using Modus.Protocols.Imap.Append;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Puts messages into a mailbox (RFC 9051 §6.3.12): one, or several all or none (RFC 3502), from texts and parts if asked (RFC 4469).</summary>
// append = "APPEND" SP mailbox 1*append-message
internal sealed class AppendCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var (argument, position, fault) = await AppendTarget.ReadAsync(session, session.ArgumentsAt);
        if (fault is not null) return fault;
        if (await MailboxLookup.FindAsync(session, argument, cancellationToken) is not { } mailbox)
            return argument.Name is null ? MailboxLookup.BadName : MailboxLookup.TryCreate;

        await using var upload = new Upload(session, await AppendTarget.QuotaLeftAsync(session, cancellationToken));
        do
        {
            if (upload.Messages.Count == 1 && !session.State.Has(ImapCapability.MultiAppend)) return ImapResult.Bad("One message at a time.");
            (fault, position) = await upload.ReadAsync(position, cancellationToken);
            if (fault is not null) return fault;
        }
        while (position < session.Reader.Text.Length);

        var appended = await LongWork.WaitAsync(session, session.Room.Ports.Delivery.AppendAsync(mailbox.Id, upload.Messages, null, cancellationToken));
        if (!appended.IsDone) return appended.Outcome == StoreOutcome.NotFound ? MailboxLookup.TryCreate : MailboxLookup.ToResult(appended.Outcome);
        await MailboxListing.WriteConvertedAsync(session, mailbox.Name, argument.Supplied, cancellationToken);
        session.State.NoteAppended(mailbox.Id, appended.Value.Messages.Select(static message => message.Uid));
        return ImapResult.Ok("Taken.", session.State.Has(ImapCapability.UidPlus) ? AppendTarget.AppendUid(appended.Value) : null);
    }
}
