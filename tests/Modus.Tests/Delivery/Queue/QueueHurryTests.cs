using System.Net;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Queue;

public sealed class QueueHurryTests
{
    [Fact]
    public async Task Whoever_asks_for_a_retry_has_hosts_tried_that_could_not_be_reached_before()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var health = new HopHealth(new QueueOptions(), room.Store.Clock);
        var host = new IPEndPoint(IPAddress.Loopback, 25);
        health.SetDown(host, new HopFault(new EnhancedStatus(4, 4, 1), "refused"));
        Assert.True(health.IsDown(host, out _));

        var retried = await new QueueHurry(room.Store.Queue, health, room.Store.Clock).RetryAsync(new QueueFilter(), TestContext.Current.CancellationToken);

        Assert.Equal(StoreOutcome.Done, retried.Outcome);
        Assert.False(health.IsDown(host, out _));
    }
}
