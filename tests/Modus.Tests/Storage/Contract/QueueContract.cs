using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class QueueContract : StoreContract
{
    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task An_entry_keeps_its_envelope()
    {
        var envelope = new Envelope
        {
            ReversePath = ReversePath.Null, Body = BodyType.BinaryMime, SmtpUtf8 = true, Return = DsnReturn.Headers, EnvelopeId = "QQ314159",
            Recipients = [new(new ForwardPath(EmailAddress.Parse("ü@example.net")), DsnNotify.Success | DsnNotify.Delay, "rfc822;x"), new(ForwardPath.Postmaster)],
        };
        await Store.Delivery.DeliverAsync("0123456789"u8.ToArray(), new DeliveryRequest
        {
            QueueId = new QueueId("q1"), InternalDate = Now,
            Queue = new QueueRequest { Envelope = envelope, ContentOffset = 4, NotBefore = Now.AddMinutes(5) },
        });
        await Store.ReopenAsync();

        var entries = await Store.Queue.ListAsync(new QueueFilter { QueueId = new QueueId("q1") }, default);
        Assert.Equal(envelope.Recipients, entries.Select(e => Assert.Single(e.Envelope.Recipients)));
        var first = entries[0];
        Assert.Equal(envelope with { Recipients = first.Envelope.Recipients }, first.Envelope);
        Assert.Equal((4, 6L, QueueState.Incoming, Now, Now.AddMinutes(5), 0, null),
            (first.ContentOffset, first.Size, first.State, first.Created, first.NotBefore, first.Attempts, first.LastResult));
    }

    [Fact]
    public async Task A_lease_takes_what_is_due_once_until_it_runs_out()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net", "c@example.net");
        await Store.Queue.DeferAsync(ids[2], Now.AddHours(1), "451 later", default);

        var first = await Store.Queue.LeaseAsync("w1", Now, Now.AddMinutes(1), 1, default);
        Assert.Equal([ids[0]], first.Select(e => e.Id));
        Assert.Equal(QueueState.Active, first[0].State);
        Assert.Equal([ids[1]], (await Store.Queue.LeaseAsync("w2", Now, Now.AddMinutes(1), 9, default)).Select(e => e.Id));
        Assert.Empty(await Store.Queue.LeaseAsync("w3", Now, Now.AddMinutes(1), 9, default));

        await Store.ReopenAsync();
        Assert.Empty(await Store.Queue.LeaseAsync("w3", Now, Now.AddMinutes(1), 9, default));
        Assert.Equal([ids[0], ids[1]], (await Store.Queue.LeaseAsync("w3", Now.AddMinutes(1), Now.AddMinutes(2), 9, default)).Select(e => e.Id));
        Assert.Equal([ids[0], ids[1], ids[2]], (await Store.Queue.LeaseAsync("w4", Now.AddHours(1), Now.AddHours(2), 9, default)).Select(e => e.Id));
    }

    [Fact]
    public async Task Two_workers_never_get_the_same_entry()
    {
        await Store.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => $"r{i}@example.net")]);
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Task.Run(async () => await Store.Queue.LeaseAsync($"w{i}", Now, Now.AddMinutes(1), 10, default))));
        var ids = leases.SelectMany(l => l).Select(e => e.Id).ToList();
        Assert.Equal(40, ids.Count);
        Assert.Equal(40, ids.Distinct().Count());
    }

    [Fact]
    public async Task Deferring_counts_the_attempt_and_orders_by_the_next()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net");
        Assert.Equal(StoreOutcome.Done, await Store.Queue.DeferAsync(ids[0], Now.AddMinutes(9), "451 busy", default));
        var entries = await Store.Queue.ListAsync(new QueueFilter(), default);
        Assert.Equal([ids[1], ids[0]], entries.Select(e => e.Id));
        Assert.Equal((QueueState.Deferred, 1, "451 busy", Now.AddMinutes(9)),
            (entries[1].State, entries[1].Attempts, entries[1].LastResult, entries[1].NotBefore));
        Assert.Equal(StoreOutcome.NotFound, await Store.Queue.DeferAsync(new QueueEntryId(4711), Now, "x", default));
    }

    [Fact]
    public async Task A_held_entry_is_not_leased_until_released_even_when_its_worker_defers_it()
    {
        var id = Assert.Single(await Store.EnqueueAsync("a@example.net"));
        await Store.Queue.LeaseAsync("w", Now, Now.AddMinutes(1), 1, default);
        Assert.Equal(StoreOutcome.Done, await Store.Queue.SetHeldAsync(id, true, default));
        await Store.Queue.DeferAsync(id, Now, "x", default);
        Assert.Empty(await Store.Queue.LeaseAsync("w", Now.AddDays(1), Now.AddDays(2), 9, default));
        Assert.Equal(1, (await Store.Queue.CountAsync(default))[QueueState.Held]);
        await Store.Queue.SetHeldAsync(id, false, default);
        Assert.Equal([id], (await Store.Queue.LeaseAsync("w", Now, Now.AddMinutes(1), 9, default)).Select(e => e.Id));
        Assert.Equal(StoreOutcome.NotFound, await Store.Queue.SetHeldAsync(new QueueEntryId(4711), true, default));
    }

    [Fact]
    public async Task Content_goes_with_the_last_entry()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net");
        var content = (await Store.Queue.ListAsync(new QueueFilter(), default))[0].Content;
        Assert.Equal(StoreOutcome.Done, await Store.Queue.RemoveAsync(ids[0], default));
        Assert.NotNull(await Store.Mail.ReadAllAsync(content));
        Assert.Equal(StoreOutcome.Done, await Store.Queue.RemoveAsync(ids[1], default));
        Assert.Null(await Store.Mail.ReadAllAsync(content));
        Assert.Equal(StoreOutcome.NotFound, await Store.Queue.RemoveAsync(ids[1], default));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Filters_restrict_and_counts_name_every_state()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.com", "c@example.net");
        await Store.Queue.SetHeldAsync(ids[2], true, default);
        Assert.Equal([ids[0], ids[2]], await IdsAsync(new QueueFilter { Domain = Domain.Parse("EXAMPLE.net") }));
        Assert.Equal([ids[2]], await IdsAsync(new QueueFilter { State = QueueState.Held }));
        Assert.Equal([ids[0]], await IdsAsync(new QueueFilter { Limit = 1 }));
        var counts = await Store.Queue.CountAsync(default);
        Assert.Equal((2L, 0L, 0L, 1L), (counts[QueueState.Incoming], counts[QueueState.Active], counts[QueueState.Deferred], counts[QueueState.Held]));
    }

    private async Task<IEnumerable<QueueEntryId>> IdsAsync(QueueFilter filter) => (await Store.Queue.ListAsync(filter, default)).Select(e => e.Id);
}
