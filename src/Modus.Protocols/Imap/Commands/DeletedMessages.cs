using System.Runtime.CompilerServices;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Finds the messages of a mailbox that have \Deleted: stops when as many were found as the mailbox counts.</summary>
internal static class DeletedMessages
{
    public static async IAsyncEnumerable<MailboxMessage> ReadAsync(
        ImapSession session, Mailbox mailbox, UidRange within, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = mailbox.Deleted;
        while (left > 0 && within.First <= within.Last)
        {
            var page = await session.Room.Ports.Mail.ReadMessagesAsync(mailbox.Id, within, default, pageSize, cancellationToken);
            foreach (var message in page)
            {
                if (!message.Flags.HasFlag(MessageFlags.Deleted)) continue;
                left--;
                yield return message;
            }

            if (page.Count < pageSize || page[^1].Uid == within.Last) yield break;
            within = within with { First = new Uid(page[^1].Uid.Value + 1) };
        }
    }
}
