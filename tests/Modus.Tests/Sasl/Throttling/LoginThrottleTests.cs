using System.Net;
using System.Runtime.CompilerServices;
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
    public void So_many_names_and_addresses_are_remembered_and_the_oldest_are_forgotten()
    {
        var throttle = new LoginThrottle(new SaslOptions { FailuresPerAccount = 1, FailuresPerAddress = 1, Remembered = 10 }, _clock);
        for (var i = 1; i <= 100; i++)
        {
            throttle.Failed(new IPAddress(i), $"name {i}");
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.True(throttle.IsRefused(Home, "name 100"));
        Assert.False(throttle.IsRefused(Home, "name 1"));
        Assert.True(throttle.IsRefused(new IPAddress(100), "somebody"));
        Assert.False(throttle.IsRefused(new IPAddress(1), "somebody"));
    }

    [Fact]
    public void A_name_costs_the_same_however_long_a_stranger_makes_it()
    {
        var throttle = new LoginThrottle(new SaslOptions { FailuresPerAccount = 1 }, _clock);
        var name = FailAndSucceed(throttle);
        GC.Collect();

        Assert.False(name.IsAlive);
        Assert.True(throttle.IsRefused(IPAddress.Loopback, new string('x', 9000)));
        Assert.False(throttle.IsRefused(Home, new string('x', 9000))); // logged in from there
    }

    // A method of its own, so that nothing on the test's stack keeps the name.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference FailAndSucceed(LoginThrottle throttle)
    {
        var name = new string('x', 9000);
        throttle.Succeeded(Home, name);
        throttle.Failed(IPAddress.Parse("192.0.2.1"), name);
        return new WeakReference(name);
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
