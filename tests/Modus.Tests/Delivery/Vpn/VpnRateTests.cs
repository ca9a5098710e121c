using System.Net;
using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Vpn;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

public sealed class VpnRateTests
{
    [Fact]
    public void All_addresses_together_have_a_bound_which_ends_with_the_minute()
    {
        var clock = new FakeTimeProvider();
        var rate = new VpnRate(clock);
        for (var i = 0; i < VpnRate.PerMinute; i++) Assert.True(rate.TryEnter(AddressOf(i)));
        Assert.False(rate.TryEnter(AddressOf(VpnRate.PerMinute)));

        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(rate.TryEnter(AddressOf(VpnRate.PerMinute)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(rate.TryEnter(AddressOf(0)));
    }

    private static IPAddress AddressOf(int number) => new([10, 0, (byte)(number >> 8), (byte)number]);
}
