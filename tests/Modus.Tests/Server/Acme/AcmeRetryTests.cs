using Modus.Server.Acme;
using Xunit;

namespace Modus.Tests.Server.Acme;

public sealed class AcmeRetryTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(4, 80)]
    [InlineData(30, 12 * 60)]
    public void Each_failure_doubles_the_pause_up_to_half_a_day(int failures, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), AcmeRetry.After(failures, null, null));

    [Fact]
    public void Who_has_little_time_left_tries_more_often_but_never_hurries()
    {
        Assert.Equal(TimeSpan.FromHours(6), AcmeRetry.After(20, TimeSpan.FromDays(2), null));
        Assert.Equal(TimeSpan.FromMinutes(10), AcmeRetry.After(20, TimeSpan.FromMinutes(5), null));
    }

    [Fact]
    public void What_the_authority_asks_for_counts_when_it_is_longer_within_eight_days()
    {
        Assert.Equal(TimeSpan.FromMinutes(10), AcmeRetry.After(1, null, TimeSpan.FromSeconds(3)));
        Assert.Equal(TimeSpan.FromDays(7), AcmeRetry.After(1, null, TimeSpan.FromDays(7)));
        Assert.Equal(TimeSpan.FromDays(8), AcmeRetry.After(1, null, TimeSpan.FromDays(400)));
    }
}
