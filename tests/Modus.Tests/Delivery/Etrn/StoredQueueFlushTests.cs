using System.Net;
using Modus.Delivery.Etrn;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Etrn;

public sealed class StoredQueueFlushTests
{
    private static readonly SmtpPeer Stranger = new(SmtpProfile.Relay, IPAddress.Parse("198.51.100.1"), "x.example", null, null);
    private static readonly SmtpPeer Partner = Stranger with { Address = IPAddress.Parse("192.0.2.7") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task S49_What_waits_becomes_due_and_is_counted()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.0/24"] });
        await QueueAsync(room, "a@far.example");
        await QueueAsync(room, "b@far.example");
        await QueueAsync(room, "c@sub.far.example");

        Assert.Equal(new QueueFlush(QueueFlushOutcome.CountedStarted, 2), await flush.FlushAsync(Node("far.example"), Partner, Cancel));
        Assert.Equal(2, await CountDueAsync(room));
    }

    [Fact]
    public async Task S49_An_at_sign_means_the_domains_below_it_too()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.0/24"] });
        await QueueAsync(room, "a@far.example");
        await QueueAsync(room, "c@sub.far.example");

        Assert.Equal(
            new QueueFlush(QueueFlushOutcome.CountedStarted, 2), await flush.FlushAsync(Node("far.example", QueueNodeKind.Subdomains), Partner, Cancel));
        Assert.Equal(2, await CountDueAsync(room));
    }

    [Fact]
    public async Task S49_Nothing_waits()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.7"] });
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await flush.FlushAsync(Node("far.example"), Partner, Cancel)).Outcome);
    }

    [Fact]
    public async Task S50_Strangers_and_other_domains_are_refused_and_nothing_becomes_due()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.0/24"] });
        await QueueAsync(room, "a@far.example");
        await QueueAsync(room, "a@notfar.example");

        Assert.Equal(QueueFlushOutcome.NotAllowed, (await flush.FlushAsync(Node("far.example"), Stranger, Cancel)).Outcome);
        Assert.Equal(QueueFlushOutcome.NotAllowed, (await flush.FlushAsync(Node("notfar.example"), Partner, Cancel)).Outcome);
        Assert.Equal(QueueFlushOutcome.NotAllowed, (await flush.FlushAsync(Node("example", QueueNodeKind.Subdomains), Partner, Cancel)).Outcome);
        Assert.Equal(0, await CountDueAsync(room));
    }

    [Fact]
    public async Task S50_A_login_lets_in_whatever_the_address()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Accounts = ["anna@example.org"] });
        await QueueAsync(room, "a@far.example");
        var anna = Stranger with { Identity = new Identity(EmailAddress.Parse("anna@example.org"), new AccountId(1)) };

        Assert.Equal(QueueFlushOutcome.CountedStarted, (await flush.FlushAsync(Node("far.example"), anna, Cancel)).Outcome);
    }

    [Fact]
    public async Task S50_The_key_of_a_client_certificate_lets_in_whatever_the_address()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Keys = [ScriptedPeers.ClientKey] });
        await QueueAsync(room, "a@far.example");

        Assert.Equal(QueueFlushOutcome.NotAllowed, (await flush.FlushAsync(Node("far.example"), Stranger, Cancel)).Outcome);
        var known = Stranger with { Tls = ScriptedPeers.Session(showsKey: true) };
        Assert.Equal(QueueFlushOutcome.CountedStarted, (await flush.FlushAsync(Node("far.example"), known, Cancel)).Outcome);
    }

    [Fact]
    public async Task S50_Asking_in_a_loop_is_put_off()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var flush = await NewAsync(room, new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.0/24"] });
        await QueueAsync(room, "a@far.example");
        await flush.FlushAsync(Node("far.example"), Partner, Cancel);

        Assert.Equal(QueueFlushOutcome.Unable, (await flush.FlushAsync(Node("far.example"), Partner, Cancel)).Outcome);
        room.Store.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(QueueFlushOutcome.CountedStarted, (await flush.FlushAsync(Node("far.example"), Partner, Cancel)).Outcome);
    }

    [Fact]
    public async Task It_is_offered_while_anything_is_granted()
    {
        await using var room = await DeliveryRoom.OpenAsync();
        var grants = new EtrnGrants(room.Store.Settings, room.Store.Clock);
        var flush = new StoredQueueFlush(room.Store.Queue, new QueueHurry(room.Store.Queue, new HopHealth(new QueueOptions(), room.Store.Clock), room.Store.Clock), grants, room.Store.Clock);
        Assert.False(await flush.IsOfferedAsync(Stranger, Cancel));

        await grants.SetAsync(new EtrnGrant { Domain = "far.example", Networks = ["192.0.2.7"] }, "test", Cancel);
        room.Store.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await flush.IsOfferedAsync(Stranger, Cancel));
    }

    private static QueueNode Node(string name, QueueNodeKind kind = QueueNodeKind.Domain) => new(kind, name, Domain.Parse(name));

    private static async Task<StoredQueueFlush> NewAsync(DeliveryRoom room, EtrnGrant grant)
    {
        var grants = new EtrnGrants(room.Store.Settings, room.Store.Clock);
        Assert.Equal(StoreOutcome.Done, await grants.SetAsync(grant, "test", Cancel));
        return new StoredQueueFlush(room.Store.Queue, new QueueHurry(room.Store.Queue, new HopHealth(new QueueOptions(), room.Store.Clock), room.Store.Clock), grants, room.Store.Clock);
    }

    private static async Task<long> CountDueAsync(DeliveryRoom room) =>
        (await room.Store.Queue.ListAsync(new QueueFilter(), Cancel)).Count(entry => entry.NotBefore <= room.Store.Clock.GetUtcNow());

    private static async Task QueueAsync(DeliveryRoom room, string recipient)
    {
        var now = room.Store.Clock.GetUtcNow();
        var result = await room.Store.Delivery.DeliverAsync("Subject: x\r\n\r\nx\r\n"u8.ToArray(), new DeliveryRequest
        {
            QueueId = QueueId.New(room.Store.Clock),
            InternalDate = now,
            Queue = new QueueRequest
            {
                Envelope = new Envelope
                {
                    ReversePath = new ReversePath(EmailAddress.Parse("s@example.org")),
                    Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse(recipient)))],
                },
                NotBefore = now.AddHours(4),
            },
        });
        Assert.True(result.IsDone);
    }
}
