using Modus.Storage;
using Modus.Storage.Embedded;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class UidMapCacheTests
{
    [Fact]
    public void What_was_unused_longest_goes_when_the_runs_pass_the_bound()
    {
        var cache = new UidMapCache(maxRuns: 3 * 21);
        for (var i = 1; i <= 3; i++) cache.Keep(Entry(i, 1, runs: 1));
        Assert.NotNull(cache.Find(new MailboxId(1)));
        cache.Keep(Entry(4, 1, runs: 1));
        Assert.Equal([1L, 3L, 4L], Known(cache));
        cache.Keep(Entry(5, 1, runs: 20));
        Assert.Equal([4L, 5L], Known(cache));
        cache.Keep(Entry(6, 1, runs: 1000));
        Assert.Empty(Known(cache)); // larger than all there may be: not kept, and the count is right again
        cache.Keep(Entry(7, 1, runs: 1));
        Assert.Equal([7L], Known(cache));
    }

    [Fact]
    public void A_newer_entry_is_never_replaced_by_an_older_one()
    {
        var cache = new UidMapCache();
        cache.Keep(Entry(1, 5, runs: 2));
        cache.Keep(Entry(1, 4, runs: 1));
        Assert.Equal(new ModSeq(5), cache.Find(new MailboxId(1))!.HighestModSeq);
        cache.Keep(Entry(1, 6, runs: 1));
        Assert.Equal(1, cache.Find(new MailboxId(1))!.Uids.RunCount);
    }

    private static IEnumerable<long> Known(UidMapCache cache) =>
        Enumerable.Range(1, 7).Select(i => (long)i).Where(i => cache.Find(new MailboxId(i)) is not null);

    private static UidMapCache.Entry Entry(long mailbox, long modSeq, int runs)
    {
        var uids = UidMap.Empty.Add(Enumerable.Range(1, runs).Select(i => new Uid(2 * (uint)i)));
        return new UidMapCache.Entry(new MailboxId(mailbox), new Uid((2 * (uint)runs) + 1), new ModSeq(modSeq), uids);
    }
}
