using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Finds messages (RFC 9051 §6.4.4), tells of them as asked (RFC 4731, RFC 9394), saves them if asked (RFC 5182).</summary>
internal sealed class SearchCommand(bool byUid) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!SearchRun.TryParse(session, SearchArguments.TakeSearch, out var arguments, out var fault)) return fault;
        var selected = session.State.Selected!;
        var hits = await LongWork.WaitAsync(session, SearchEvaluation.FindAsync(SearchRun.ContextOf(session), arguments, cancellationToken));
        var numbers = SearchRun.NumbersOf(selected, byUid);

        // RFC 9051 knows no SEARCH response: without RETURN all are told of in an ESEARCH.
        var options = arguments.Return ?? (session.State.IsEnabled(ImapFeatures.Rev2) ? SearchReturn.Everything : null);
        if (options is null)
        {
            await SearchResponses.WriteSearchAsync(session.Output, hits, numbers);
            return ImapResult.Ok();
        }

        if (options.Has(ReturnItems.Save)) selected.SavedResult = options.Saved(new FoundInOrder(hits.Uids));
        await SearchResponses.WriteESearchAsync(session.Output, session.Reader.ReadTag(), options, hits, numbers);
        return ImapResult.Ok();
    }
}
