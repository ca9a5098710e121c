using Modus.Protocols.Pop3.Responses;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Ends the session; after login it is the UPDATE state (RFC 1939 §6), the one place where mail is deleted.</summary>
// "QUIT" CRLF
internal sealed class QuitCommand : IPop3Command
{
    public async ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (session.Maildrop is not { } maildrop) return Pop3Responses.Bye;
        var marked = maildrop.LastNumber - maildrop.Count;
        var outcome = await session.Room.Maildrops.DeleteMarkedAsync(maildrop);

        // Before the response: a client that hears it may log in again at once.
        session.LeaveMaildrop();
        if (outcome != StoreOutcome.Done)
        {
            Pop3Log.NotDeleted(session.Room.Log, session.Id, marked, session.Identity!.Address, outcome);
            return outcome == StoreOutcome.NoSpace ? Pop3Responses.NotDeletedNow : Pop3Responses.NotDeleted;
        }

        if (marked > 0)
        {
            session.Room.Metrics.OnDeleted(marked);
            Pop3Log.Deleted(session.Room.Log, session.Id, marked, session.Identity!.Address);
        }

        return Pop3Responses.Bye;
    }
}
