using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>Who gets which entries when.</summary>
public abstract class LeaseContract : StoreContract
{
    private static readonly HashSet<Domain> None = [];

    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task A_lease_takes_what_is_due_once_until_it_runs_out()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net", "c@example.net");
        await Store.Queue.FinishAsync([Deferred(ids[2], Now.AddHours(1))], default);

        var first = await Store.LeaseAsync("w1", "example.net", limit: 1);
        Assert.Equal([ids[0]], first.Select(static e => e.Id));
        Assert.Equal(QueueState.Active, first[0].State);
        Assert.Equal([ids[1]], Ids(await Store.LeaseAsync("w2", "example.net")));
        Assert.Empty(await Store.LeaseAsync("w3", "example.net"));
        Assert.Empty(await Store.LeaseAsync("w3", "example.com"));

        await Store.ReopenAsync();
        Assert.Empty(await Store.LeaseAsync("w3", "example.net"));
        Assert.Equal([ids[0], ids[1]], Ids(await Store.LeaseAsync("w3", "example.net", Now.AddMinutes(1))));
        Assert.Equal([ids[0], ids[1], ids[2]], Ids(await Store.LeaseAsync("w4", "example.net", Now.AddHours(1))));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Only_the_owner_renews_and_returns()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net");
        await Store.Queue.FinishAsync([Deferred(ids[1], Now)], default);
        await Store.LeaseAsync("w1", "example.net");
        await Store.Queue.RenewAsync(ids, "w2", Now.AddHours(1), default);
        await Store.Queue.RenewAsync([ids[0]], "w1", Now.AddMinutes(5), default);
        Assert.Equal([ids[1]], Ids(await Store.LeaseAsync("w3", "example.net", Now.AddMinutes(1))));

        await Store.Queue.ReturnAsync(ids, "w2", default);
        Assert.Empty(await Store.LeaseAsync("w4", "example.net", Now.AddMinutes(1)));
        await Store.Queue.ReturnAsync(ids, "w1", default);
        await Store.Queue.ReturnAsync(ids, "w3", default);
        var entries = await Store.Queue.ListAsync(new QueueFilter(), default);
        Assert.Equal(
            [(ids[0], QueueState.Incoming, 0, Now), (ids[1], QueueState.Deferred, 1, Now)],
            entries.Select(static e => (e.Id, e.State, e.Attempts, e.NotBefore)));
        Assert.Equal(2, (await Store.LeaseAsync("w4", "example.net")).Count);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Two_workers_never_get_the_same_entry()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => $"r{i}@example.net")]);
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(() => Store.LeaseAsync($"w{i}", "example.net", limit: 10))));
        var ids = leases.SelectMany(l => l).Select(e => e.Id).ToList();
        Assert.Equal(40, ids.Count);
        Assert.Equal(40, ids.Distinct().Count());
    }

    [Fact]
    public async Task Higher_priorities_come_first()
    {
        var low = await EnqueueAsync("anna", -9, "a@example.net");
        var plain = await EnqueueAsync("anna", 0, "b@example.net");
        var high = await EnqueueAsync("ben", 9, "c@example.net");
        Assert.Equal([high, plain], Ids(await Store.LeaseAsync("w", "example.net", limit: 2)));
        var higher = await EnqueueAsync("anna", 3, "d@example.net");
        Assert.Equal([higher, low], Ids(await Store.LeaseAsync("w", "example.net")));
    }

    [Fact]
    public async Task Senders_take_turns_also_from_lease_to_lease()
    {
        var many = new List<QueueEntryId>();
        for (var i = 0; i < 10; i++) many.Add(await EnqueueAsync("busy", 0, $"r{i}@example.net"));
        var other = await EnqueueAsync("calm", 0, "x@example.net");
        var bounce = Assert.Single(await Store.EnqueueAsync(ReversePath.Null, 0, "y@example.net"));
        var last = await EnqueueAsync("zoe", 0, "z@example.net");

        var first = Ids(await Store.LeaseAsync("w1", "example.net", limit: 2)).ToList();
        var second = Ids(await Store.LeaseAsync("w2", "example.net", limit: 2)).ToList();
        Assert.Equal([many[0], other, bounce, last], first.Concat(second).Order(ById));
        Assert.Equal(many[1..], Ids(await Store.LeaseAsync("w3", "example.net")));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task The_entries_of_one_message_come_together_as_far_as_the_limit_allows()
    {
        var one = await Store.EnqueueAsync(From("anna"), 0, "a@example.net", "b@example.com", "c@example.net", "d@example.net");
        var two = await Store.EnqueueAsync(From("anna"), 0, "e@example.net");
        await Store.Queue.FinishAsync([Deferred(one[2], Now.AddMinutes(1))], default);
        Assert.Equal([one[0], one[2], one[3]], Ids(await Store.LeaseAsync("w1", "example.net", Now.AddMinutes(1), limit: 3)));
        await Store.Queue.ReturnAsync(one, "w1", default);
        Assert.Equal([one[0], one[3]], Ids(await Store.LeaseAsync("w2", "example.net", Now.AddMinutes(1), limit: 2)));
        Assert.Equal([two[0], one[2]], Ids(await Store.LeaseAsync("w3", "example.net", Now.AddMinutes(1), limit: 2)));
    }

    [Fact]
    public async Task A_crowd_of_senders_with_nothing_due_hides_nobody()
    {
        for (var i = 0; i < 600; i++)
        {
            var id = await EnqueueAsync($"s{i:D3}", 0, "a@example.net");
            if (i is not (299 or 300)) await Store.Queue.FinishAsync([Deferred(id, Now.AddDays(1))], default);
        }

        Assert.Equal(2, (await Store.LeaseAsync("w", "example.net", limit: 5)).Count);
    }

    [Fact]
    public async Task Domains_with_work_are_listed_by_priority_then_by_their_wait()
    {
        await EnqueueAsync("anna", 0, "a@late.example", Now.AddMinutes(-1));
        await EnqueueAsync("anna", 0, "a@early.example", Now.AddMinutes(-5));
        await EnqueueAsync("anna", 0, "a@express.example", Now.AddMinutes(-3));
        await EnqueueAsync("anna", 4, "a@express.example", Now);
        await EnqueueAsync("anna", 9, "a@early.example", Now.AddMinutes(1));
        await EnqueueAsync("anna", 0, "a@future.example", Now.AddMinutes(1));

        Assert.Equal(["express.example", "early.example", "late.example"], await DomainsAsync(None, 9));
        Assert.Equal(["express.example", "early.example"], await DomainsAsync(None, 2));
        Assert.Equal(["late.example"], await DomainsAsync([Domain.Parse("early.example"), Domain.Parse("express.example")], 9));
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["early.example", "express.example", "late.example", "future.example"], await DomainsAsync(None, 9));

        await Store.LeaseAsync("w", "early.example");
        Assert.Equal(["express.example", "late.example", "future.example"], await DomainsAsync(None, 9));
    }

    [Fact]
    public async Task The_next_moment_is_that_of_an_entry_or_of_a_lease_that_runs_out()
    {
        Assert.Null(await Store.Queue.FindNextDueAsync(Now, default));
        await EnqueueAsync("anna", 0, "a@one.example", Now.AddMinutes(10));
        await EnqueueAsync("anna", 0, "a@two.example", Now);
        Assert.Equal(Now.AddMinutes(10), await Store.Queue.FindNextDueAsync(Now, default));
        await Store.LeaseAsync("w", "two.example", Now);
        Assert.Equal(Now.AddMinutes(1), await Store.Queue.FindNextDueAsync(Now, default));
        Assert.Null(await Store.Queue.FindNextDueAsync(Now.AddMinutes(10), default));
    }

    [Fact]
    public async Task The_signal_wakes_for_new_retried_and_released_entries_and_never_sleeps_through_one()
    {
        var seen = 0L;
        var waiting = Store.Queue.Signal.WaitAsync(seen, default).AsTask();
        Assert.False(waiting.IsCompleted);
        var id = await EnqueueAsync("anna", 0, "a@example.net");
        seen = await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await Store.Queue.FinishAsync([Deferred(id, Now.AddHours(1))], default);
        Assert.Equal(0, (await Store.Queue.RetryAsync(new QueueFilter { State = QueueState.Held }, Now, default)).Value);
        Assert.False(Store.Queue.Signal.WaitAsync(seen, default).AsTask().IsCompleted);
        await Store.Queue.RetryAsync(new QueueFilter(), Now, default); // before anybody waits
        seen = await Store.Queue.Signal.WaitAsync(seen, default);

        await Store.Queue.SetHeldAsync(id, true, "x", default);
        Assert.False(Store.Queue.Signal.WaitAsync(seen, default).AsTask().IsCompleted);
        await Store.Queue.SetHeldAsync(id, false, "x", default);
        seen = await Store.Queue.Signal.WaitAsync(seen, default);

        using var stop = new CancellationTokenSource();
        var stopped = Store.Queue.Signal.WaitAsync(seen, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
    }

    private static ReversePath From(string name) => new(EmailAddress.Parse(name + "@example.org"));

    private static QueueAttempt Deferred(QueueEntryId entry, DateTimeOffset notBefore) =>
        new() { Entry = entry, Verdict = QueueVerdict.Deferred, Result = "x", NotBefore = notBefore };

    private static Comparer<QueueEntryId> ById { get; } = Comparer<QueueEntryId>.Create(static (a, b) => a.Value.CompareTo(b.Value));

    private static IEnumerable<QueueEntryId> Ids(IReadOnlyList<QueueEntry> entries) => entries.Select(static e => e.Id);

    private async Task<QueueEntryId> EnqueueAsync(string sender, int priority, string recipient, DateTimeOffset? notBefore = null) =>
        Assert.Single(await Store.EnqueueAsync(From(sender), priority, notBefore ?? Now, recipient));

    private async Task<IEnumerable<string>> DomainsAsync(HashSet<Domain> except, int limit) =>
        (await Store.Queue.ListDueDomainsAsync(Now, except, limit, default)).Select(static domain => domain.Name);
}
