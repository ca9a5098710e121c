using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Finds messages and puts them into threads (RFC 5256 §3).</summary>
internal sealed class ThreadCommand(bool byUid) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!SearchRun.TryParse(session, SearchArguments.TakeThread, out var arguments, out var fault)) return fault;
        var capability = arguments.Algorithm == ThreadAlgorithm.References ? ImapCapability.ThreadReferences : ImapCapability.ThreadOrderedSubject;
        if (!session.State.Has(capability)) return ImapResult.Bad($"{capability} is switched off here.");
        var context = SearchRun.ContextOf(session);
        var hits = await LongWork.WaitAsync(session, SearchEvaluation.FindAsync(context, arguments, cancellationToken));
        var threads = await LongWork.WaitAsync(session, ThreadEvaluation.ThreadAsync(context, arguments.Algorithm, hits.Uids, cancellationToken));
        await ThreadResponse.WriteAsync(session.Output, threads, SearchRun.NumbersOf(session.State.Selected!, byUid));
        return ImapResult.Ok();
    }
}
