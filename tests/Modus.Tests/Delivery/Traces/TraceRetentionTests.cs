using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery;
using Modus.Delivery.Traces;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Traces;

public sealed class TraceRetentionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_older_than_it_is_kept_is_forgotten_and_the_rest_stays()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var now = room.Store.Clock.GetUtcNow();
        var (old, young) = (QueueId.New(room.Store.Clock), QueueId.New(room.Store.Clock));
        await room.Store.Traces.AppendAsync([Line(old, now.AddDays(-31)), Line(young, now.AddDays(-29))], Cancel);

        using var retention = new TraceRetention(room.Store.Traces, new DeliveryOptions(), room.Store.Clock, NullLogger<TraceRetention>.Instance);
        await retention.StartAsync(Cancel);
        for (var started = TimeProvider.System.GetTimestamp(); (await room.Store.Traces.ReadAsync(old, Cancel)).Count > 0; await Task.Yield())
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(1), "it is not forgotten");
        await retention.StopAsync(Cancel);
        Assert.Single(await room.Store.Traces.ReadAsync(young, Cancel));
    }

    private static TraceEvent Line(QueueId message, DateTimeOffset at) => new() { Message = message, At = at, Kind = TraceKind.Accepted, Text = "Taken" };
}
