using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Imap.Append;

/// <summary>What APPEND and REPLACE have in common around the messages: the mailbox, its owner's quota, the UIDs in the response.</summary>
internal static class AppendTarget
{
    /// <summary>Reads the mailbox, which may be a literal itself.</summary>
    public static async ValueTask<(MailboxArgument Mailbox, int Position, ImapResult? Fault)> ReadAsync(ImapSession session, int position)
    {
        while (true)
        {
            if (TryTake(session, position, out var mailbox, out var next, out var fault)) return (mailbox, next, null);
            if (!IsPendingName(session, position)) return (mailbox, next, fault);
            var status = await session.Reader.GatherOneAsync(session.CommandBound);
            if (status != LineStatus.Line)
            {
                session.EndBy(status);
                return (mailbox, next, ImapResult.No("Not finished."));
            }

            if (session.Reader.Refusal is { } refusal) return (mailbox, next, refusal);
        }
    }

    /// <summary>How many bytes the account may take yet; null for no limit.</summary>
    public static async ValueTask<long?> QuotaLeftAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var account = await session.Room.Ports.Accounts.GetAsync(session.State.Identity!.Account, cancellationToken);
        return account is { Quota: { } quota } ? Math.Max(0, quota - account.Used) : null;
    }

    // resp-code-apnd = "APPENDUID" SP nz-number SP append-uid
    public static string AppendUid(AppendReceipt receipt) =>
        $"APPENDUID {receipt.Messages[0].UidValidity.Value} {SequenceSet.Format(receipt.Messages.Select(static message => message.Uid.Value))}";

    private static bool TryTake(ImapSession session, int position, out MailboxArgument mailbox, out int next, out ImapResult? fault)
    {
        var parser = new ImapParser(session.Reader.Text[position..]);
        var taken = MailboxArgument.Take(ref parser, session.State.IsUtf8, out mailbox);
        next = position + parser.Position;
        fault = taken ? null : ImapSession.SyntaxFault(parser);
        return taken;
    }

    private static bool IsPendingName(ImapSession session, int position) =>
        session.Reader.Pending is { } pending
        && session.Reader.Text.Length == position + pending.HeaderLength - 2
        && pending.Length <= session.CommandBound - session.Reader.Text.Length;
}
