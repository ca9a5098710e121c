namespace Modus.Storage;

/// <summary>
/// Small JSON documents that the server keeps for itself: what it learnt of next hops, policies that it fetched, counts for reports.
/// No journal and no versions (that is <see cref="ISettings"/>); a document goes by itself when it expires. Thread-safe.
/// </summary>
public interface IRecords
{
    /// <summary>A document; null when it is not there or has expired.</summary>
    ValueTask<StoredRecord?> GetAsync(string kind, string key, CancellationToken cancellationToken);

    /// <summary>Documents of a kind whose keys begin so, by key, after <paramref name="after"/> (null begins), at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
        string kind, string prefix, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Puts documents in place of those with their keys, all in one step.</summary>
    /// <returns>Done, NoSpace, or TooLarge (<see cref="StoreLimits.MaxRecord"/>).</returns>
    ValueTask<StoreOutcome> PutAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellationToken);

    /// <summary>Removes a document.</summary>
    /// <returns>Done, or NotFound.</returns>
    ValueTask<StoreOutcome> RemoveAsync(string kind, string key, CancellationToken cancellationToken);
}

/// <summary>A document.</summary>
/// <param name="Kind">What it is, such as <c>hop</c>.</param>
/// <param name="Key">Which one, such as <c>mx.example.com:25</c>; at most 512 characters.</param>
/// <param name="Json">What it says.</param>
/// <param name="Changed">When it was put.</param>
/// <param name="Expires">When it goes; null for never.</param>
public sealed record StoredRecord(string Kind, string Key, string Json, DateTimeOffset Changed, DateTimeOffset? Expires = null);
