using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Dns;

public sealed class ExpiringCacheTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void A_value_is_there_until_it_expires()
    {
        var cache = new ExpiringCache<string, int>(10, _clock);
        cache.Put("a", 1, _clock.GetUtcNow().AddSeconds(60));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(cache.TryGet("a", out var value));
        Assert.Equal(1, value);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.False(cache.TryGet("a", out _));
    }

    [Fact]
    public void It_never_holds_more_than_it_may()
    {
        var cache = new ExpiringCache<int, int>(100, _clock);
        for (var key = 0; key < 10_000; key++)
        {
            cache.Put(key, key, _clock.GetUtcNow().AddHours(1));
            Assert.InRange(cache.Count, 1, 100);
        }
    }

    [Fact]
    public void What_has_expired_goes_first()
    {
        var cache = new ExpiringCache<int, int>(100, _clock);
        for (var key = 0; key < 99; key++) cache.Put(key, key, _clock.GetUtcNow().AddSeconds(1));
        cache.Put(-1, -1, _clock.GetUtcNow().AddHours(1));
        _clock.Advance(TimeSpan.FromSeconds(2));
        cache.Put(100, 100, _clock.GetUtcNow().AddHours(1));
        Assert.Equal(2, cache.Count);
        Assert.True(cache.TryGet(-1, out _));
    }
}
