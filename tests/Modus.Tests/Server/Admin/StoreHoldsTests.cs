using Microsoft.Extensions.Time.Testing;
using Modus.Server.Admin;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Admin;

/// <summary>A hold on the store's files lasts as long as somebody renews it, and no longer.</summary>
public sealed class StoreHoldsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CountedHolds _store = new();

    [Fact]
    public void A_hold_that_is_renewed_lasts_and_ends_once()
    {
        using var holds = new StoreHolds(_store, _clock);
        var id = holds.Begin()!;
        for (var i = 0; i < 10; i++)
        {
            _clock.Advance(StoreHolds.Lease / 2);
            Assert.True(holds.Renew(id));
        }

        Assert.Equal(1, _store.Held);
        Assert.True(holds.End(id));
        Assert.Equal(0, _store.Held);
        Assert.False(holds.End(id));
        Assert.False(holds.Renew(id));
    }

    [Fact]
    public void A_hold_of_somebody_who_was_killed_ends_by_itself()
    {
        using var holds = new StoreHolds(_store, _clock);
        var id = holds.Begin()!;

        _clock.Advance(StoreHolds.Lease);

        Assert.Equal(0, _store.Held);
        Assert.False(holds.Renew(id));
    }

    [Fact]
    public void There_are_only_so_many_and_they_end_with_the_store()
    {
        using var holds = new StoreHolds(_store, _clock);
        for (var i = 0; i < StoreHolds.Max; i++) Assert.NotNull(holds.Begin());

        Assert.Null(holds.Begin());
        holds.Dispose();
        Assert.Equal(0, _store.Held);
    }

    private sealed class CountedHolds : IStoreMaintenance
    {
        public int Held { get; private set; }

        public ValueTask<VerifyReport> VerifyAsync(IProgress<VerifyProgress>? progress, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public ValueTask<long> CompactAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public IDisposable HoldDeletes()
        {
            Held++;
            return new Hold(this);
        }

        private sealed class Hold(CountedHolds store) : IDisposable
        {
            public void Dispose() => store.Held--;
        }
    }
}
