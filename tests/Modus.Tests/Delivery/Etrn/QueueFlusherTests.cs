using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Modus.Delivery.Etrn;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Etrn;

/// <summary>ETRN against a real queue: who may ask for what, the counts, and what becomes due.</summary>
public sealed class QueueFlusherTests : IAsyncLifetime
{
    private static readonly IPAddress Branch = IPAddress.Parse("192.0.2.9");

    private DeliveryRoom _room = null!;
    private EtrnGrantStore _grants = null!;
    private QueueFlusher _flusher = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        _grants = new EtrnGrantStore(_room.Store.Settings);
        var hurry = new QueueHurry(_room.Store.Queue, new HopHealth(new QueueOptions(), _room.Store.Clock), _room.Store.Clock);
        _flusher = new QueueFlusher(_room.Store.Queue, hurry, new EtrnGrants(_grants, _room.Store.Clock), new EtrnRate(_room.Store.Clock));
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task S49_A_remote_server_asks_for_the_mail_of_its_domain_and_it_becomes_due_with_a_true_count()
    {
        await AllowAsync(new EtrnGrant { Node = "branch.test", Networks = [IPNetwork.Parse("192.0.2.0/24")] });
        await DeferAsync("a@branch.test", "b@branch.test");
        await DeferAsync("c@branch.test");
        await DeferAsync("d@other.test");
        var before = _room.Store.Queue.Signal.WaitAsync(0, Cancel);
        var seen = await before;
        var woken = _room.Store.Queue.Signal.WaitAsync(seen, Cancel).AsTask();

        var answer = await AskAsync("branch.test");

        Assert.Equal((QueueFlushOutcome.CountedStarted, 2), (answer.Outcome, answer.Messages)); // messages, not recipients
        Assert.Equal(["branch.test"], (await DueAsync()).Select(static domain => domain.Name));
        await woken.WaitAsync(TimeSpan.FromSeconds(10), Cancel); // whoever sends is woken, and connects anew
    }

    [Fact]
    public async Task S49_The_other_forms_reach_domains_below_and_queues_by_name()
    {
        await AllowAsync(new EtrnGrant { Node = "branch.test", WithSubdomains = true, Networks = [IPNetwork.Parse("192.0.2.9/32")] });
        await AllowAsync(new EtrnGrant { Node = "#south", Domains = [Domain.Parse("x.test"), Domain.Parse("y.test")], Networks = [IPNetwork.Parse("192.0.2.9/32")] });
        await DeferAsync("a@branch.test");
        await DeferAsync("a@one.branch.test");
        await DeferAsync("a@two.branch.test");
        await DeferAsync("a@x.test", "a@y.test");
        await DeferAsync("a@evilbranch.test");

        Assert.Equal((QueueFlushOutcome.CountedStarted, 1), Words(await AskAsync("two.branch.test")));
        Assert.Equal((QueueFlushOutcome.CountedStarted, 3), Words(await AskAsync("@branch.test")));
        Assert.Equal((QueueFlushOutcome.CountedStarted, 1), Words(await AskAsync("#SOUTH")));
        Assert.Equal(
            ["branch.test", "one.branch.test", "two.branch.test", "x.test", "y.test"],
            (await DueAsync()).Select(static domain => domain.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task S49_Each_reply_says_what_is_so()
    {
        await AllowAsync(new EtrnGrant { Node = "branch.test", Networks = [IPNetwork.Parse("192.0.2.9/32")] });
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("branch.test")).Outcome);

        // What a person holds does not wait for the peer.
        var held = (await _room.Store.EnqueueAsync("a@branch.test"))[0];
        await _room.Store.Queue.SetHeldAsync(held, true, "why not", Cancel);
        Wait();
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("branch.test")).Outcome);

        // All of it is under way already.
        await _room.Store.EnqueueAsync("b@branch.test");
        await _room.Store.LeaseAsync("worker", "branch.test");
        Wait();
        Assert.Equal(QueueFlushOutcome.Started, (await AskAsync("branch.test")).Outcome);

        // More than is counted, and all of it is started (RFC 1985 §5.3).
        for (var i = 0; i < 11; i++) await DeferAsync([.. Enumerable.Range(0, 100).Select(n => $"r{n}@branch.test")]);
        Wait();
        Assert.Equal(QueueFlushOutcome.PendingStarted, (await AskAsync("branch.test")).Outcome);
        var waiting = await _room.Store.Queue.ListAsync(new QueueFilter { Domain = Domain.Parse("branch.test"), State = QueueState.Incoming, Limit = 2000 }, Cancel);
        Assert.Equal((1100, 0), (waiting.Count, waiting.Count(entry => entry.NotBefore > _room.Store.Clock.GetUtcNow())));
    }

    [Fact]
    public async Task S50_Who_may_ask_is_told_by_address_key_or_login_with_TLS_and_without()
    {
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("branch.test");
        var tls = new TlsSession(
            SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, null, certificate, certificate, null, "test");
        var anna = await _room.AccountAsync("anna@example.org");
        await AllowAsync(new EtrnGrant { Node = "by-address.test", Networks = [IPNetwork.Parse("192.0.2.9/32"), IPNetwork.Parse("2001:db8::/32")] });
        await AllowAsync(new EtrnGrant { Node = "by-key.test", Keys = [tls.ClientKey!] });
        await AllowAsync(new EtrnGrant { Node = "by-login.test", Accounts = [anna.Address] });

        var inClear = new SmtpPeer(SmtpProfile.Relay, Branch, "branch.test", null, null);
        var encrypted = inClear with { Tls = tls };
        var stranger = inClear with { Address = IPAddress.Parse("198.51.100.1") };
        var byIPv6 = inClear with { Address = IPAddress.Parse("2001:db8::1") };
        var loggedIn = stranger with { Profile = SmtpProfile.Submission, Identity = new Identity(anna.Address, anna.Id) };

        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("by-address.test", inClear)).Outcome);
        Wait();
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("by-address.test", encrypted)).Outcome);
        Wait();
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("by-address.test", byIPv6)).Outcome);
        Assert.Equal(QueueFlushOutcome.NotAllowed, (await AskAsync("by-address.test", stranger)).Outcome);
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("by-key.test", stranger with { Tls = tls })).Outcome);
        Assert.Equal(QueueFlushOutcome.NotAllowed, (await AskAsync("by-key.test", inClear)).Outcome);
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("by-login.test", loggedIn)).Outcome);
        Assert.Equal(QueueFlushOutcome.NotAllowed, (await AskAsync("by-login.test", encrypted)).Outcome);
    }

    [Theory]
    [InlineData("nobody.test")]
    [InlineData("@branch.test")]       // its owner was not given those below
    [InlineData("sub.branch.test")]
    [InlineData("test")]
    [InlineData("#branch.test")]
    public async Task S50_What_was_not_allowed_is_refused_in_the_same_words(string node)
    {
        await AllowAsync(new EtrnGrant { Node = "branch.test", Networks = [IPNetwork.Parse("192.0.2.9/32")] });
        if (!QueueNode.TryParse(node, out var parsed)) return;

        Assert.Equal(
            new QueueFlush(QueueFlushOutcome.NotAllowed, Reason: "you may not ask for its mail"), await _flusher.FlushAsync(parsed, Peer, Cancel));
    }

    [Fact]
    public async Task S50_Asking_is_bounded_for_a_node_and_for_an_address()
    {
        await AllowAsync(new EtrnGrant { Node = "branch.test", WithSubdomains = true, Networks = [IPNetwork.Parse("192.0.2.9/32")] });

        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("branch.test")).Outcome);
        Assert.Equal(QueueFlushOutcome.Unable, (await AskAsync("branch.test")).Outcome);
        Wait();
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("branch.test")).Outcome);

        var answers = new List<QueueFlushOutcome>();
        for (var i = 0; i < EtrnRate.PerAddress; i++) answers.Add((await AskAsync($"n{i}.branch.test")).Outcome);
        Assert.Equal(2, answers.Count(static answer => answer == QueueFlushOutcome.Unable)); // the two above count, too
        _room.Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(QueueFlushOutcome.NothingWaiting, (await AskAsync("n0.branch.test")).Outcome);
    }

    [Fact]
    public async Task Is_offered_where_somebody_could_use_it_within_seconds_of_a_change()
    {
        var servers = Peer;
        var users = Peer with { Profile = SmtpProfile.Submission };
        Assert.False(await _flusher.IsOfferedAsync(servers, Cancel));

        await AllowAsync(new EtrnGrant { Node = "branch.test", Accounts = [EmailAddress.Parse("anna@example.org")] });
        Assert.False(await _flusher.IsOfferedAsync(servers, Cancel));
        Assert.True(await _flusher.IsOfferedAsync(users, Cancel));

        await AllowAsync(new EtrnGrant { Node = "branch.test", Networks = [IPNetwork.Parse("192.0.2.9/32")] });
        Assert.True(await _flusher.IsOfferedAsync(servers, Cancel));

        await _grants.RemoveAsync("branch.test", "test", Cancel);
        _room.Store.Clock.Advance(EtrnGrants.Freshness);
        Assert.False(await _flusher.IsOfferedAsync(users, Cancel));
    }

    private static SmtpPeer Peer => new(SmtpProfile.Relay, Branch, "branch.test", null, null);

    private static (QueueFlushOutcome, long) Words(QueueFlush answer) => (answer.Outcome, answer.Messages);

    private static QueueNode Node(string text) => QueueNode.TryParse(text, out var node) ? node : throw new FormatException(text);

    private ValueTask<QueueFlush> AskAsync(string node, SmtpPeer? peer = null) => _flusher.FlushAsync(Node(node), peer ?? Peer, Cancel);

    private void Wait() => _room.Store.Clock.Advance(EtrnRate.PerNode);

    private async Task AllowAsync(EtrnGrant grant)
    {
        Assert.Equal(StoreOutcome.Done, await _grants.PutAsync(grant, "test", Cancel));
        _room.Store.Clock.Advance(EtrnGrants.Freshness);
    }

    private async Task DeferAsync(params string[] recipients) => await _room.Store.EnqueueAsync(
        new ReversePath(EmailAddress.Parse("anna@example.org")), 0, _room.Store.Clock.GetUtcNow().AddHours(4), recipients);

    private ValueTask<IReadOnlyList<Domain>> DueAsync() => _room.Store.Queue.ListDueDomainsAsync(_room.Store.Clock.GetUtcNow(), new HashSet<Domain>(), 100, Cancel);
}
