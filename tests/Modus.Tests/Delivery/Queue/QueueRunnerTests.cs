using Modus.Delivery.Dsn;
using Modus.Delivery.Queue;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tests.Delivery.Remote;
using Xunit;

namespace Modus.Tests.Delivery.Queue;

/// <summary>The queue at work, over a real store with a fake clock.</summary>
public sealed class QueueRunnerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_waits_and_what_comes_in_goes_out()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var first = await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Mx1.Taken.Count == 1);
        await room.QueueAsync(["c@example.com"]);
        await UntilAsync(room, () => room.Mx1.Taken.Count == 2);
        await EmptyAsync(room);
        await room.Runner.StopAsync(Cancel);

        var line = Assert.Single(await room.TraceAsync(first));
        Assert.Equal((TraceKind.Sent, "b@example.com", "example.com"), (line.Kind, line.Recipient, line.Peer?.Name));
        Assert.Equal(("TLS1.3", "mx1.example.com", "aa", "opportunistic"), (line.Receipt!.Protocol, line.Receipt.PeerName, line.Receipt.PeerKey, line.Receipt.Policy));
        Assert.Contains("192.0.2.1", line.Text, StringComparison.Ordinal);
        Assert.All(room.Notices.Ends, static end => Assert.Equal(DsnAction.Relayed, end.Action));
    }

    [Fact]
    public async Task A_next_hop_that_tells_of_success_itself_leaves_nothing_to_tell()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Extensions["DSN"] = "";
        await room.QueueAsync(["b@example.com"]);
        await RunAsync(room, () => room.Notices.Ends.Count == 1);
        Assert.Equal(DsnAction.None, Assert.Single(room.Notices.Ends).Action);
    }

    [Fact]
    public async Task What_is_deferred_comes_again_at_its_time()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Answer = static recipient => FakeReplies.Refuses(recipient, 451, 3, 0);
        await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Notices.Ends.Count == 1);
        var entry = Assert.Single(await room.EntriesAsync());
        Assert.Equal((QueueState.Deferred, 1), (entry.State, entry.Attempts));
        Assert.InRange(entry.NotBefore - room.Clock.GetUtcNow(), TimeSpan.FromSeconds(270), TimeSpan.FromSeconds(330));

        room.Mx1.Answer = static _ => null;
        await AdvanceUntilAsync(room, TimeSpan.FromSeconds(30), () => room.Mx1.Taken.Count == 1);
        await room.Runner.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_destination_that_cannot_be_reached_puts_all_its_mail_off_without_a_connection_each()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.IsDown = room.Mx2.IsDown = true;
        for (var n = 0; n < 300; n++) await room.QueueAsync([$"r{n}@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Notices.Ends.Count == 300);
        Assert.InRange(room.Mx1.Connections + room.Mx2.Connections, 2, 10); // those that were under way at first

        // What comes meanwhile waits, too, and once it is back all go at once.
        var before = room.Mx1.Connections;
        await room.QueueAsync(["late@example.com"]);
        await UntilAsync(room, () => room.Notices.Ends.Count == 301);
        Assert.Equal(before, room.Mx1.Connections);
        room.Mx1.IsDown = room.Mx2.IsDown = false;
        await AdvanceUntilAsync(room, TimeSpan.FromSeconds(30), () => room.Mx1.Taken.Count == 301);
        await room.Runner.StopAsync(Cancel);
        Assert.All(room.Notices.Ends.Take(301), static end => Assert.Equal(QueueVerdict.Deferred, end.Attempt.Verdict));
    }

    [Fact]
    public async Task One_slow_destination_does_not_hold_up_the_others_and_places_are_bounded()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { Destinations = 2, ConnectionsPerDestination = 3 });
        var gate = new TaskCompletionSource();
        room.Mx1.Pace = cancel => gate.Task.WaitAsync(cancel);
        foreach (var domain in new[] { "d1.test", "d2.test", "d3.test", "d4.test" }) room.Dns.Mx(domain, (10, "mx2.example.com"));
        for (var n = 0; n < 50; n++) await room.QueueAsync([$"r{n}@example.com"]);
        foreach (var domain in new[] { "d1.test", "d2.test", "d3.test", "d4.test" }) await room.QueueAsync([$"b@{domain}"]);

        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Mx2.Taken.Count == 4 && room.Mx1.Busy == 3);
        gate.SetResult();
        await UntilAsync(room, () => room.Mx1.Taken.Count == 50);
        await room.Runner.StopAsync(Cancel);
        Assert.Equal(3, room.Mx1.Busiest);
    }

    [Fact]
    public async Task Many_destinations_behind_one_host_share_its_connections()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { ConnectionsPerDestination = 3 });
        for (var n = 0; n < 20; n++)
        {
            room.Dns.Mx($"d{n}.test", (10, "mx1.example.com"));
            await room.QueueAsync([$"b@d{n}.test"]);
        }

        await RunAsync(room, () => room.Mx1.Taken.Count == 20);
        Assert.InRange(room.Mx1.Busiest, 1, 3);
        Assert.InRange(room.Mx1.Connections, 1, 3);
    }

    [Fact]
    public async Task A_stop_waits_for_what_is_under_way_and_gives_back_the_rest()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { ConnectionsPerDestination = 1 });
        var gate = new TaskCompletionSource();
        room.Mx1.Pace = _ => gate.Task;
        for (var n = 0; n < 3; n++) await room.QueueAsync([$"r{n}@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Mx1.Busy == 1);

        var stop = room.Runner.StopAsync(Cancel);
        Assert.False(stop.IsCompleted);
        gate.SetResult();
        await stop.WaitAsync(Patience, Cancel);

        Assert.Single(room.Mx1.Taken);
        var left = await room.EntriesAsync();
        Assert.Equal([(QueueState.Incoming, 0), (QueueState.Incoming, 0)], left.Select(static entry => (entry.State, entry.Attempts)));
    }

    [Fact]
    public async Task A_stop_that_takes_too_long_breaks_off_and_gives_back()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Pace = static cancel => Task.Delay(Timeout.Infinite, cancel);
        await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Mx1.Busy == 1);

        using var patience = new CancellationTokenSource();
        var stop = room.Runner.StopAsync(patience.Token);
        await patience.CancelAsync();
        await stop.WaitAsync(Patience, Cancel);

        Assert.Equal((QueueState.Incoming, 0), (Assert.Single(await room.EntriesAsync()).State, room.Mx1.Taken.Count));
    }

    [Fact]
    public async Task What_a_killed_run_was_busy_with_is_due_again_at_once()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.QueueAsync(["b@example.com"]);
        await room.Store.Records.PutAsync([new StoredRecord("queue-run", "mail.example.org", "\"before\"", room.Clock.GetUtcNow())], Cancel);
        await room.Store.LeaseAsync("before", "example.com");
        await RunAsync(room, () => room.Mx1.Taken.Count == 1);
    }

    [Fact]
    public async Task Leases_are_renewed_while_work_goes_on()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var gate = new TaskCompletionSource();
        room.Mx1.Pace = _ => gate.Task;
        await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, () => room.Mx1.Busy == 1);
        for (var n = 0; n < 10; n++)
        {
            room.Clock.Advance(TimeSpan.FromSeconds(40));
            await UntilAsync(room, () => Peek(room) > room.Clock.GetUtcNow() + TimeSpan.FromSeconds(60));
        }

        gate.SetResult();
        await UntilAsync(room, () => room.Mx1.Taken.Count == 1);
        await EmptyAsync(room);
        await room.Runner.StopAsync(Cancel);
        Assert.Single(room.Mx1.Taken);
    }

    [Fact]
    public async Task S17_mail_that_never_met_its_policy_comes_back_with_the_reason()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Rules.Add(new Modus.Tls.PeerRule { Name = "p", Domain = "example.com", Level = Modus.Tls.PeerLevel.Encrypt });
        room.Mx1.OffersTls = room.Mx2.OffersTls = false;
        var id = await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        for (var attempts = 1; ; attempts++)
        {
            await AdvanceUntilAsync(room, TimeSpan.FromSeconds(1), () => room.Notices.Ends.Count == attempts); // a destination may be paused for some
            if (room.Notices.Ends.Last().Attempt.Verdict == QueueVerdict.Failed) break;
            room.Clock.SetUtcNow(room.Notices.Ends.Last().Attempt.NotBefore);
        }

        await room.Runner.StopAsync(Cancel);

        var end = room.Notices.Ends.Last();
        Assert.Equal(("5.7.10", DsnAction.Failed), ($"{end.Status}", end.Action));
        Assert.Single(room.Notices.Ends, static earlier => earlier.Action == DsnAction.Delayed);
        Assert.InRange(room.Notices.Ends.Count, 30, 60);
        var trace = await room.TraceAsync(id);
        Assert.Equal((TraceKind.Failed, room.Notices.Ends.Count), (trace[^1].Kind, trace.Count));
        Assert.Contains("peer rule p", trace[^1].Text, StringComparison.Ordinal);
        Assert.Empty(room.Mx1.Taken);
        Assert.Empty(await room.EntriesAsync());
    }

    [Fact]
    public async Task What_cannot_be_written_down_is_written_down_later_and_not_sent_again()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Notices.Outcomes.Enqueue(StoreOutcome.NoSpace);
        room.Notices.Outcomes.Enqueue(StoreOutcome.NoSpace);
        await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        await AdvanceUntilAsync(room, TimeSpan.FromSeconds(5), () => room.Notices.Ends.Count == 1);
        await room.Runner.StopAsync(Cancel);
        Assert.Single(room.Mx1.Taken);
        Assert.Empty(await room.EntriesAsync());
    }

    [Fact]
    public async Task Held_by_a_policy_it_waits_for_a_person()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { Downgrade = TlsDowngrade.Hold, DowngradeAfterDays = 1 });
        await room.SendAsync();
        await room.Pool.DisposeAsync();
        room.Mx1.OffersTls = false;
        room.Mx2.IsDown = true;
        await room.Store.Queue.RemoveAsync((await room.EntriesAsync())[0].Id, "test", Cancel);
        await room.QueueAsync(["b@example.com"]);
        await RunAsync(room, () => room.Notices.Ends.Count == 1);
        Assert.Equal(QueueState.Held, Assert.Single(await room.EntriesAsync()).State);
    }

    [Fact]
    public async Task Nothing_is_sent_when_sending_is_off()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { Sending = false });
        await room.QueueAsync(["b@example.com"]);
        await room.Runner.StartAsync(Cancel);
        room.Clock.Advance(TimeSpan.FromHours(1));
        await room.Runner.StopAsync(Cancel);
        Assert.Equal((0, QueueState.Incoming), (room.Mx1.Connections, Assert.Single(await room.EntriesAsync()).State));
    }

    [Fact]
    public async Task Recipients_with_address_literals_go_each_their_way()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.QueueAsync(["b@[192.0.2.1]", "c@[192.0.2.2]"]);
        await RunAsync(room, () => room.Mx1.Taken.Count == 1 && room.Mx2.Taken.Count == 1);
    }

    [Fact]
    public async Task A_message_of_many_recipients_goes_in_transactions_of_a_hundred()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.QueueAsync([.. Enumerable.Range(0, 250).Select(static n => $"r{n}@example.com")]);
        await RunAsync(room, () => room.Mx1.Taken.Count == 3);
        Assert.Equal([50, 100, 100], room.Mx1.Taken.Select(static taken => taken.Envelope.Recipients.Count).Order());
    }

    private static async Task RunAsync(OutboundRoom room, Func<bool> isDone)
    {
        await room.Runner.StartAsync(Cancel);
        await UntilAsync(room, isDone);
        await room.Runner.StopAsync(Cancel);
    }

    private static async Task EmptyAsync(OutboundRoom room)
    {
        for (var started = TimeProvider.System.GetTimestamp(); (await room.EntriesAsync()).Count > 0; await Task.Yield())
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "the queue is not empty");
    }

    private static async Task UntilAsync(OutboundRoom room, Func<bool> isDone)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !isDone(); await Task.Delay(1))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, Story(room));
    }

    // Time goes on as long as there is nothing else to wait for.
    private static async Task AdvanceUntilAsync(OutboundRoom room, TimeSpan step, Func<bool> isDone)
    {
        for (var started = TimeProvider.System.GetTimestamp(); !isDone(); await Task.Delay(1)) // what the step woke shall have its turn
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, Story(room));
            room.Clock.Advance(step);
        }
    }

    private static string Story(OutboundRoom room) => "it does not happen:\n" + string.Join('\n', room.Log.Lines);

    private static DateTimeOffset? Peek(OutboundRoom room) =>
        room.Store.Queue.FindNextDueAsync(room.Clock.GetUtcNow(), Cancel).AsTask().GetAwaiter().GetResult();
}
