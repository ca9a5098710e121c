using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Tells of what happens at once, until the client says DONE (RFC 2177, RFC 9051 §6.3.13).</summary>
// idle = "IDLE" CRLF "DONE"
internal sealed class IdleCommand : IImapCommand
{
    private const int MaxLine = 100; // DONE

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        // NOTIFY listens already, and says what is told here, too (RFC 5465 §4).
        using var inbox = session.State.HasWatch
            ? null : new ChangeInbox(session.Room.Ports.Changes, session.State.Identity!.Account, session.Wire, session.Room.Limits.MaxPendingChanges);
        session.Output.WriteLine("+ Waiting with you.");
        session.Room.Metrics.OnIdle(begins: true);
        try
        {
            // What came before the subscription is told of first.
            await session.State.TellOfChangesAsync(cancellationToken);
            return await WaitAsync(session, inbox, cancellationToken);
        }
        finally
        {
            session.Room.Metrics.OnIdle(begins: false);
        }
    }

    private static async ValueTask<ImapResult> WaitAsync(ImapSession session, ChangeInbox? inbox, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await session.Output.FlushAsync() || session.IsEnding) return Lost(session, LineStatus.Closed);
            var (status, line) = await session.Reader.ReadPlainAsync(MaxLine, session.SilenceAllowed, wakeable: true);
            switch (status)
            {
                case LineStatus.Woken:
                    if (inbox is null || !inbox.TryTake(out var changes) || changes.Any(change => change.Mailbox == session.State.Selected?.Id))
                        await session.State.TellOfChangesAsync(cancellationToken);
                    break;
                case LineStatus.Line:
                    return System.Text.Ascii.EqualsIgnoreCase(line, "DONE"u8) ? ImapResult.Ok() : ImapResult.Bad("Expected DONE.");
                case LineStatus.TooLong:
                    return ImapResult.Bad("Expected DONE.");
                default:
                    return Lost(session, status);
            }
        }
    }

    private static ImapResult Lost(ImapSession session, LineStatus status)
    {
        session.EndBy(status);
        return ImapResult.No("Not finished.");
    }
}
