using Modus.Delivery.Queue;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Queue;

public sealed class RetryScheduleTests
{
    private static readonly DateTimeOffset Came = new(2030, 1, 31, 8, 0, 0, TimeSpan.Zero);

    private static readonly RetrySchedule Schedule = new(new QueueOptions());

    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 10)]
    [InlineData(3, 40)]
    [InlineData(5, 160)]
    [InlineData(6, 240)]
    [InlineData(1000, 240)]
    public void Delays_double_from_five_minutes_to_four_hours(int attempts, int minutes) =>
        Assert.Equal(TimeSpan.FromMinutes(minutes), Schedule.Next(Entry(attempts), Came, 0.5) - Came);

    [Fact]
    public void Delays_are_spread_by_a_tenth_both_ways()
    {
        Assert.Equal(TimeSpan.FromSeconds(270), Schedule.Next(Entry(0), Came, 0) - Came);
        Assert.Equal(TimeSpan.FromSeconds(330), Schedule.Next(Entry(0), Came, 1) - Came);
    }

    [Theory]
    [InlineData(9, 37.5)]
    [InlineData(3, 150)]
    [InlineData(2, 300)]
    [InlineData(-9, 2400)]
    public void A_higher_priority_comes_again_sooner(int priority, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Schedule.Next(Entry(0, priority), Came, 0.5) - Came);

    [Fact]
    public void The_last_attempt_is_when_the_time_is_over()
    {
        Assert.Equal(Came.AddDays(5), Schedule.GivesUpAt(Entry(30)));
        Assert.Equal(Came.AddDays(5), Schedule.Next(Entry(30), Came.AddDays(5).AddMinutes(-1), 0.5));
    }

    [Fact]
    public void The_sender_hears_once_that_it_takes_long()
    {
        Assert.False(Schedule.IsDelayNoticeDue(Entry(3), Came.AddHours(3.9)));
        Assert.True(Schedule.IsDelayNoticeDue(Entry(3), Came.AddHours(4)));
        Assert.False(Schedule.IsDelayNoticeDue(Entry(3) with { DelayNoticed = true }, Came.AddHours(4)));
    }

    private static QueueEntry Entry(int attempts, int priority = 0) => new()
    {
        Id = new QueueEntryId(1), QueueId = new QueueId("q"), Content = new ContentId(1), ContentOffset = 0, Size = 1,
        Envelope = StoreKit.EnvelopeTo("b@example.com") with { Priority = priority }, State = QueueState.Active, Created = Came,
        NotBefore = Came, Attempts = attempts, LastResult = null,
    };
}
