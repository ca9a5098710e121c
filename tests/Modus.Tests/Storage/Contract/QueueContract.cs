using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>Entries: what they keep, how attempts and people change them.</summary>
public abstract class QueueContract : StoreContract
{
    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task An_entry_keeps_its_envelope()
    {
        var envelope = new Envelope
        {
            ReversePath = ReversePath.Null, Body = BodyType.BinaryMime, SmtpUtf8 = true, Return = DsnReturn.Headers, EnvelopeId = "QQ314159",
            Tls = TlsDemand.Required, Priority = -4,
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
        Assert.Equal((4, 6L, QueueState.Incoming, Now, Now.AddMinutes(5), 0, null, false),
            (first.ContentOffset, first.Size, first.State, first.Created, first.NotBefore, first.Attempts, first.LastResult, first.DelayNoticed));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_deferred_attempt_is_counted_and_the_next_orders_the_list()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net");
        await Store.LeaseAsync("w", "example.net", limit: 1);
        var attempt = new QueueAttempt { Entry = ids[0], Verdict = QueueVerdict.Deferred, Result = "451 busy", NotBefore = Now.AddMinutes(9), DelayNoticed = true };
        Assert.Equal(StoreOutcome.Done, await Store.Queue.FinishAsync([attempt], default));
        var entries = await Store.Queue.ListAsync(new QueueFilter(), default);
        Assert.Equal([ids[1], ids[0]], entries.Select(e => e.Id));
        Assert.Equal((QueueState.Deferred, 1, "451 busy", Now.AddMinutes(9), true),
            (entries[1].State, entries[1].Attempts, entries[1].LastResult, entries[1].NotBefore, entries[1].DelayNoticed));

        await Store.Queue.FinishAsync([attempt with { DelayNoticed = false }], default);
        Assert.True(Assert.Single(await EntryAsync(ids[0])).DelayNoticed, "a notice that went out cannot be taken back");
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Theory]
    [InlineData(QueueVerdict.Delivered)]
    [InlineData(QueueVerdict.Failed)]
    public async Task Content_goes_with_the_last_entry_and_its_line_of_the_trace_stays(QueueVerdict verdict)
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.net");
        var entry = Assert.Single(await EntryAsync(ids[0]));
        await Store.Queue.FinishAsync([Ended(entry, verdict)], default);
        Assert.NotNull(await Store.Mail.ReadAllAsync(entry.Content));
        await Store.Queue.FinishAsync([Ended(entry with { Id = ids[1] }, verdict), Ended(entry, verdict)], default); // the second is gone: passed over
        Assert.Null(await Store.Mail.ReadAllAsync(entry.Content));
        Assert.Empty(await Store.Queue.ListAsync(new QueueFilter(), default));
        Assert.Equal(3, (await Store.Traces.ReadAsync(entry.QueueId, default)).Count);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_person_holds_releases_and_drops_and_the_trace_says_so()
    {
        var id = Assert.Single(await Store.EnqueueAsync("a@example.net"));
        await Store.LeaseAsync("w", "example.net");
        Assert.Equal(StoreOutcome.Done, await Store.Queue.SetHeldAsync(id, true, "asked for", default));
        Assert.Equal(StoreOutcome.Done, await Store.Queue.SetHeldAsync(id, true, "again", default));
        await Store.Queue.FinishAsync([Deferred(id, Now)], default);
        Assert.Empty(await Store.LeaseAsync("w", "example.net", Now.AddDays(1)));
        Assert.Empty(await Store.Queue.ListDueDomainsAsync(Now.AddDays(1), new HashSet<Domain>(), 9, default));
        Assert.Equal(1, (await Store.Queue.CountAsync(default))[QueueState.Held]);

        await Store.Queue.SetHeldAsync(id, false, "let go", default);
        var entry = Assert.Single(await Store.LeaseAsync("w", "example.net"));
        Assert.Equal((id, 1), (entry.Id, entry.Attempts));
        Assert.Equal(StoreOutcome.Done, await Store.Queue.RemoveAsync(id, "no use", default));
        Assert.Null(await Store.Mail.ReadAllAsync(entry.Content));

        Assert.Equal(StoreOutcome.NotFound, await Store.Queue.RemoveAsync(id, "x", default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Queue.SetHeldAsync(id, true, "x", default));
        var lines = await Store.Traces.ReadAsync(entry.QueueId, default);
        Assert.Equal(
            [(TraceKind.Held, "asked for"), (TraceKind.Released, "let go"), (TraceKind.Dropped, "no use")],
            lines.Select(static line => (line.Kind, line.Text)));
        Assert.All(lines, static line => Assert.Equal(("a@example.net", Domain.Parse("example.net")), (line.Recipient, line.Peer)));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task An_attempt_may_hold_and_what_it_held_keeps_its_time()
    {
        var id = Assert.Single(await Store.EnqueueAsync("a@example.net"));
        await Store.LeaseAsync("w", "example.net");
        await Store.Queue.FinishAsync([new QueueAttempt { Entry = id, Verdict = QueueVerdict.Held, Result = "downgrade" }], default);
        var entry = Assert.Single(await EntryAsync(id));
        Assert.Equal((QueueState.Held, 1, "downgrade", Now), (entry.State, entry.Attempts, entry.LastResult, entry.NotBefore));
        Assert.Null(await Store.Queue.FindNextDueAsync(Now.AddYears(-1), default));
    }

    [Fact]
    public async Task Retrying_makes_due_what_waits_and_leaves_alone_what_is_held_or_active()
    {
        var ids = await Store.EnqueueAsync("a@one.example", "b@one.example", "c@one.example", "d@two.example", "e@sub.one.example");
        await Store.Queue.FinishAsync([.. ids.Select(id => Deferred(id, Now.AddHours(1)))], default);
        await Store.Queue.SetHeldAsync(ids[1], true, "x", default);
        await Store.LeaseAsync("w", "one.example", Now.AddHours(1), limit: 1); // takes the first
        var filter = new QueueFilter { Domain = Domain.Parse("one.example"), WithSubdomains = true };
        Assert.Equal(2, (await Store.Queue.RetryAsync(filter, Now, default)).Value);
        Assert.Equal(0, (await Store.Queue.RetryAsync(filter, Now, default)).Value);
        Assert.Equal(
            ["one.example", "sub.one.example"],
            (await Store.Queue.ListDueDomainsAsync(Now, new HashSet<Domain>(), 9, default)).Select(static d => d.Name).Order());
        Assert.Equal(Now.AddHours(1), Assert.Single(await EntryAsync(ids[3])).NotBefore);
        Assert.Equal(QueueState.Active, Assert.Single(await EntryAsync(ids[0])).State);
        Assert.Equal(QueueState.Held, Assert.Single(await EntryAsync(ids[1])).State);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Filters_restrict_and_counts_name_every_state()
    {
        var ids = await Store.EnqueueAsync("a@example.net", "b@example.com", "c@example.net", "d@sub.example.net", "e@notexample.net");
        var bounce = Assert.Single(await Store.EnqueueAsync(ReversePath.Null, 0, "f@example.org"));
        await Store.Queue.SetHeldAsync(ids[2], true, "x", default);
        var net = Domain.Parse("EXAMPLE.net");
        await ExpectAsync(new QueueFilter { Domain = net }, ids[0], ids[2]);
        await ExpectAsync(new QueueFilter { Domain = net, WithSubdomains = true }, ids[0], ids[2], ids[3]);
        await ExpectAsync(new QueueFilter { Domain = net, State = QueueState.Incoming }, ids[0]);
        await ExpectAsync(new QueueFilter { State = QueueState.Held }, ids[2]);
        await ExpectAsync(new QueueFilter { Sender = ReversePath.Null }, bounce);
        await ExpectAsync(new QueueFilter { Sender = new ReversePath(EmailAddress.Parse("ANNA@example.org")), State = QueueState.Held }, ids[2]);
        await ExpectAsync(new QueueFilter { Entry = ids[1] }, ids[1]);
        await ExpectAsync(new QueueFilter { Entry = ids[1], Domain = net });
        Assert.Equal([ids[0]], await IdsAsync(new QueueFilter { Limit = 1 }));
        Assert.Equal(6, await Store.Queue.CountAsync(new QueueFilter { Limit = 1 }, default));
        var counts = await Store.Queue.CountAsync(default);
        Assert.Equal((5L, 0L, 0L, 1L), (counts[QueueState.Incoming], counts[QueueState.Active], counts[QueueState.Deferred], counts[QueueState.Held]));
    }

    private static QueueAttempt Ended(QueueEntry entry, QueueVerdict verdict) => new()
    {
        Entry = entry.Id, Verdict = verdict, Result = "x",
        Trace = [new TraceEvent { Message = entry.QueueId, At = entry.Created, Kind = TraceKind.Sent, Text = "x" }],
    };

    private static QueueAttempt Deferred(QueueEntryId entry, DateTimeOffset notBefore) =>
        new() { Entry = entry, Verdict = QueueVerdict.Deferred, Result = "x", NotBefore = notBefore };

    private async Task ExpectAsync(QueueFilter filter, params QueueEntryId[] ids)
    {
        Assert.Equal(ids, await IdsAsync(filter));
        Assert.Equal(ids.Length, await Store.Queue.CountAsync(filter, default));
    }

    private async Task<IReadOnlyList<QueueEntry>> EntryAsync(QueueEntryId id) =>
        await Store.Queue.ListAsync(new QueueFilter { Entry = id }, default);

    private async Task<IEnumerable<QueueEntryId>> IdsAsync(QueueFilter filter) => (await Store.Queue.ListAsync(filter, default)).Select(e => e.Id);
}
