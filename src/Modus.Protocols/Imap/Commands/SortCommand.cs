using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Finds messages and puts them in order (RFC 5256 §3, RFC 5957), tells of them as asked (RFC 5267 §3).</summary>
internal sealed class SortCommand(bool byUid) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!SearchRun.TryParse(session, SearchArguments.TakeSort, out var arguments, out var fault)) return fault;
        if (arguments.Return is not null && !session.State.Has(ImapCapability.ESort)) return ImapResult.Bad("ESORT is switched off here.");
        var selected = session.State.Selected!;
        var context = SearchRun.ContextOf(session);
        var hits = await LongWork.WaitAsync(session, SearchEvaluation.FindAsync(context, arguments, cancellationToken));
        var sorted = await LongWork.WaitAsync(session, SortEvaluation.SortAsync(context, arguments.Criteria, hits.Uids, cancellationToken));
        var numbers = SearchRun.NumbersOf(selected, byUid);
        if (arguments.Return is not { } options)
        {
            await SearchResponses.WriteSortAsync(session.Output, hits, sorted, numbers);
            return ImapResult.Ok();
        }

        if (options.Has(ReturnItems.Save)) selected.SavedResult = options.Saved(new FoundInOrder(sorted));
        await SearchResponses.WriteESearchAsync(session.Output, session.Reader.ReadTag(), options, hits, sorted, numbers);
        return ImapResult.Ok();
    }
}
