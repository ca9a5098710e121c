using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>A message that is looked at, with what of it was read until now. Used again for the next one. Not thread-safe.</summary>
internal sealed class SearchCandidate(SearchContext context)
{
    private SearchNeed _asked;

    public MailboxMessage Row { get; private set; } = null!;

    public EnvelopeText? Envelope { get; private set; }

    public ContentText? Content { get; private set; }

    /// <summary>The message went while the search ran: what it was cannot be said any more.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Notes what a test wants to be read. Always Unknown, to be returned.</summary>
    public Verdict Ask(SearchNeed need)
    {
        if (_asked == SearchNeed.Uid || need < _asked) _asked = need;
        return Verdict.Unknown;
    }

    /// <summary>Asks a test about a message, and reads what it wants for a verdict; the cheaper things first.</summary>
    public async ValueTask<bool> MatchesAsync(MailboxMessage row, SearchTest test, WorkPace pace, CancellationToken cancellationToken)
    {
        (Row, Envelope, Content, IsGone) = (row, null, null, false);
        try
        {
            while (true)
            {
                _asked = SearchNeed.Uid;
                if (test.Judge(this) is var verdict and not Verdict.Unknown) return verdict == Verdict.Yes && !IsGone;
                await ReadAsync(_asked, pace, cancellationToken);
            }
        }
        finally
        {
            if (Content is not null) await Content.DisposeAsync();
        }
    }

    private async ValueTask ReadAsync(SearchNeed need, WorkPace pace, CancellationToken cancellationToken)
    {
        await pace.SpendAsync(need, cancellationToken);
        if (need == SearchNeed.Envelope && await context.Store.ReadSummaryAsync(Row.Email, cancellationToken) is { } summary)
            Envelope = new EnvelopeText(summary.Structure.Envelope);
        else if (need == SearchNeed.Content && await context.Store.OpenContentAsync(Row.Content, cancellationToken) is { } content)
            Content = new ContentText(content);
        else
            IsGone = true;
    }
}
