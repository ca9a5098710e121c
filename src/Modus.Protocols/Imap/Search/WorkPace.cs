namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Lets others have the thread: the store answers without waiting, so a search would not give it back by itself until it is done.
/// Used by one search.
/// </summary>
internal sealed class WorkPace
{
    // In steps of about a microsecond: a few milliseconds at most between two turns of others.
    private const int Turn = 2_000;

    private int _spent;

    /// <summary>Notes that something is read of one message; now and then waits for a turn.</summary>
    public ValueTask SpendAsync(SearchNeed need, CancellationToken cancellationToken) => SpendAsync(need switch
    {
        SearchNeed.Content => Turn / 10,
        SearchNeed.Envelope => 20,
        _ => 2,
    }, cancellationToken);

    /// <summary>Notes work of so many microseconds.</summary>
    public ValueTask SpendAsync(int work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _spent += work;
        if (_spent < Turn) return default;
        _spent = 0;
        return YieldAsync();
    }

    private static async ValueTask YieldAsync() => await Task.Yield();
}
