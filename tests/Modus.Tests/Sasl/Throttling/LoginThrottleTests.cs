using System.Net;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Sasl;
using Modus.Protocols.Sasl.Throttling;
using Xunit;

namespace Modus.Tests.Sasl.Throttling;

public class LoginThrottleTests
{
    private static readonly IPAddress Home = IPAddress.Parse("2001:db8:1:2::3");

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void All_addresses_of_one_network_prefix_count_as_one()
    {
        var throttle = new LoginThrottle(new SaslOptions { FailuresPerAddress = 1 }, _clock);
        throttle.Failed(Home, "a");
        Assert.True(throttle.IsRefused(IPAddress.Parse("2001:db8:1:2:ffff::1"), "b"));
        Assert.False(throttle.IsRefused(IPAddress.Parse("2001:db8:1:3::3"), "b"));
    }

    [Fact]
    public void An_IPv4_address_is_the_same_in_either_writing()
    {
        var throttle = new LoginThrottle(new SaslOptions { FailuresPerAddress = 1 }, _clock);
        throttle.Failed(IPAddress.Parse("192.0.2.1"), "a");
        Assert.True(throttle.IsRefused(IPAddress.Parse("::ffff:192.0.2.1"), "b"));
        Assert.False(throttle.IsRefused(IPAddress.Parse("192.0.2.2"), "b"));
    }

    [Fact]
    public void A_name_guessed_from_everywhere_still_lets_its_owner_in_from_home()
    {
        var throttle = new LoginThrottle(new SaslOptions(), _clock);
        throttle.Succeeded(Home, "anna");
        for (var i = 1; i <= 100; i++) throttle.Failed(new IPAddress(i), "anna");
        Assert.True(throttle.IsRefused(new IPAddress(200), "anna"));
        Assert.False(throttle.IsRefused(Home, "anna"));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.False(throttle.IsRefused(new IPAddress(200), "anna"));
    }

    [Fact]
    public void The_map_behind_it_is_bounded_and_forgets_the_oldest()
    {
        var map = new ExpiringMap<int, int>(_clock, TimeSpan.FromMinutes(1), 10);
        for (var i = 0; i < 1000; i++)
        {
            map.Set(i, i);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.InRange(map.Count, 1, 10);
        }

        Assert.True(map.TryGet(999, out _));
        Assert.False(map.TryGet(0, out _));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(map.TryGet(999, out _));
    }
}
