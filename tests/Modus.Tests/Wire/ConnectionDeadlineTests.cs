using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Wire;
using Xunit;

namespace Modus.Tests.Wire;

public sealed class ConnectionDeadlineTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly ConnectionDeadline _deadline;

    public ConnectionDeadlineTests() => _deadline = new ConnectionDeadline(_clock);

    [Fact]
    public void A_new_one_waits_for_nothing()
    {
        Pass(1_000_000);
        Assert.False(_deadline.HasPassed);
        Assert.Equal(DeadlineReason.None, _deadline.Reason);
    }

    [Fact]
    public void It_passes_when_the_budget_is_used_up_and_not_before()
    {
        _deadline.Start(DeadlineReason.Command, TimeSpan.FromSeconds(5));
        Pass(4.999);
        Assert.False(_deadline.HasPassed);
        Pass(0.001);
        Assert.True(_deadline.HasPassed);
        Assert.Equal(DeadlineReason.Command, _deadline.Reason);
    }

    [Fact]
    public void Bytes_do_not_extend_a_budget()
    {
        _deadline.Start(DeadlineReason.Command, TimeSpan.FromSeconds(5));
        _deadline.OnBytes(1_000_000);
        Pass(5);
        Assert.True(_deadline.HasPassed);
    }

    [Fact]
    public void Stopped_it_never_passes()
    {
        _deadline.Start(DeadlineReason.Write, TimeSpan.FromSeconds(5));
        _deadline.Stop();
        Pass(6);
        Assert.False(_deadline.HasPassed);
    }

    [Fact]
    public void With_a_rate_it_ends_after_silence()
    {
        _deadline.StartWithRate(DeadlineReason.Content, Silence, bytesPerSecond: 100);
        Pass(9);
        _deadline.OnBytes(1_000_000);
        Pass(9.9);
        Assert.False(_deadline.HasPassed);
        Pass(0.1);
        Assert.True(_deadline.HasPassed);
    }

    [Fact]
    public void With_a_rate_it_goes_on_as_long_as_the_rate_is_kept()
    {
        _deadline.StartWithRate(DeadlineReason.Content, Silence, bytesPerSecond: 100);
        for (var second = 0; second < 1000; second++)
        {
            Pass(1);
            Assert.False(_deadline.HasPassed);
            _deadline.OnBytes(100);
        }
    }

    [Fact]
    public void With_a_rate_one_who_drips_gets_little_more_than_the_silence()
    {
        _deadline.StartWithRate(DeadlineReason.Content, Silence, bytesPerSecond: 100);
        var seconds = 0;
        for (; !_deadline.HasPassed; seconds++)
        {
            _deadline.OnBytes(1);
            Pass(1);
        }

        Assert.Equal(11, seconds);
    }

    [Fact]
    public void A_new_start_forgets_the_rate_before_it()
    {
        _deadline.StartWithRate(DeadlineReason.Content, Silence, bytesPerSecond: 100);
        _deadline.OnBytes(1_000_000);
        _deadline.Start(DeadlineReason.Command, TimeSpan.FromSeconds(1));
        _deadline.OnBytes(1_000_000);
        Pass(1);
        Assert.True(_deadline.HasPassed);
    }

    private void Pass(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));
}
