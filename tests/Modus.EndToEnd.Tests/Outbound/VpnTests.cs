using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Remote;
using Modus.Delivery.Vpn;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Server.Cli;
using Modus.Storage;
using Modus.Testing;
using Modus.Testing.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Two whole servers become gateways of an e-mail VPN by a token, and a third one gets nowhere.</summary>
public sealed class VpnTests : IAsyncLifetime
{
    private const string Al = "al@alpha.example";
    private const string Ben = "ben@beta.example";

    private ModusServer _alpha = null!;
    private ModusServer _beta = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _alpha = await ModusServer.StartAsync(Gateway);
        _beta = await ModusServer.StartAsync(Gateway);
        await _alpha.AddAccountAsync(Al);
        await _beta.AddAccountAsync(Ben);
        await RouteAsync(_alpha, "beta.example", _beta);
        await RouteAsync(_beta, "alpha.example", _alpha);
    }

    public async ValueTask DisposeAsync()
    {
        await _alpha.DisposeAsync();
        await _beta.DisposeAsync();
    }

    [Fact]
    public async Task S25_and_S34_two_gateways_pair_by_a_token_and_mail_goes_both_ways_by_key_alone()
    {
        await PairAsync();

        var there = await QueueAsync(_alpha, Al, Ben);
        var back = await QueueAsync(_beta, Ben, Al);

        foreach (var (server, id) in new[] { (_alpha, there), (_beta, back) })
        {
            var sent = await SentAsync(server, id);
            Assert.Equal(("pin", "TLS1.3"), (sent.Receipt!.Verified, sent.Receipt.Protocol));
            Assert.StartsWith("peer rule vpn.", sent.Receipt.Policy, StringComparison.Ordinal);
        }

        foreach (var (server, address) in new[] { (_beta, Ben), (_alpha, Al) })
        {
            Assert.NotNull(await Patience.UntilAsync(async () => (await server.ListInboxAsync(address)).SingleOrDefault()));
            var taken = Assert.Single(
                await server.Running.Store.Traces.FindAsync(new TraceFilter { WithReceipt = true }, Cancellation), static line => line.Kind == TraceKind.Accepted);
            Assert.Equal("pin", taken.Receipt!.Verified);
            Assert.StartsWith("peer rule vpn.", taken.Receipt.Policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task S25_A_third_party_with_another_key_is_refused_on_both_sides()
    {
        await PairAsync();
        await using var gamma = await ModusServer.StartAsync(Gateway);
        await gamma.AddAccountAsync("someone@beta.example");
        await gamma.AddAccountAsync("other@alpha.example");

        // In the place of a partner, such as by a forged DNS: nothing is sent to it.
        foreach (var (server, from, to) in new[] { (_alpha, Al, "someone@beta.example"), (_beta, Ben, "other@alpha.example") })
        {
            await RouteAsync(server, to.Split('@')[1], gamma);
            var id = await QueueAsync(server, from, to);
            var entry = await Patience.UntilAsync(async () =>
                (await server.Running.Store.Queue.ListAsync(new QueueFilter { QueueId = id }, Cancellation)).SingleOrDefault(static entry => entry.State == QueueState.Deferred));
            Assert.Contains("vpn.", entry.LastResult!, StringComparison.Ordinal);
            Assert.Empty(await gamma.ListInboxAsync(to));
        }

        // From the address of a partner, in clear and without its key: nothing is taken.
        foreach (var server in new[] { _alpha, _beta })
        {
            await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
            await client.SayAsync("EHLO gamma.test");
            Assert.StartsWith("530 5.7.0", await client.SayAsync("MAIL FROM:<a@gamma.test>"), StringComparison.Ordinal);
            await client.StartTlsAsync("mail.alpha.test");
            await client.SayAsync("EHLO gamma.test");
            Assert.StartsWith("554 5.7.1", await client.SayAsync("MAIL FROM:<a@gamma.test>"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_is_changed_without_a_gap_and_the_old_one_counts_no_more()
    {
        await PairAsync();
        var store = _alpha.Running.Services.GetRequiredService<CertificateStore>();
        var old = await VpnOf(_alpha).OwnKeysAsync(Cancellation);
        using var next = _alpha.Certificates.Issue(new CertificateWish { Ecdsa = true }, "mail.alpha.test");

        Assert.All((await VpnOf(_alpha).RotateAsync([KeyPin.Of(next)], Cancellation)).Value!, static told => Assert.Null(told.Fault));
        Assert.Contains(KeyPin.Of(next), (await PartnerAsync(_beta)).Keys);
        Assert.Empty(old.Except((await PartnerAsync(_beta)).Keys)); // both count

        TestCertificates.WritePem(_alpha.Folder, "mail.alpha.test-ecdsa", next);
        Assert.Empty(await store.ReloadAsync(Cancellation));
        await SentAsync(_beta, await QueueAsync(_beta, Ben, Al));
        await SentAsync(_alpha, await QueueAsync(_alpha, Al, Ben));

        Assert.All((await VpnOf(_alpha).RotateAsync(null, Cancellation)).Value!, static told => Assert.Null(told.Fault));
        var known = (await PartnerAsync(_beta)).Keys;
        Assert.Contains(KeyPin.Of(next), known);
        Assert.Single(old.Except(known)); // the one that was replaced
    }

    [Fact]
    public async Task A_used_token_and_a_server_with_another_key_are_told_apart()
    {
        var token = await PairAsync();
        Assert.Contains("used already", (await VpnOf(_beta).JoinAsync(new VpnJoinWish(token, null, true), Cancellation)).Fault!, StringComparison.Ordinal);

        // Whoever answers at the inviter's place with another key is not spoken to.
        await using var gamma = await ModusServer.StartAsync(Gateway);
        var stolen = await InviteAsync(gamma.Port("https", TlsMode.Implicit));
        Assert.Contains("none that is known", (await VpnOf(_beta).JoinAsync(new VpnJoinWish(stolen, null, true), Cancellation)).Fault!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S34_An_administrator_on_each_side_needs_a_command_each()
    {
        var (code, token) = await RunAsync(_alpha, "vpn", "invite", "beta.example", "--domain", "alpha.example", "--host", $"127.0.0.1:{_alpha.Port("https", TlsMode.Implicit)}");
        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith("modusvpn1.", token, StringComparison.Ordinal);

        (code, var plan) = await RunAsync(_beta, "vpn", "join", token.Trim());
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Nothing was changed", plan, StringComparison.Ordinal);
        (code, var joined) = await RunAsync(_beta, "vpn", "join", token.Trim(), "--yes", "--host", $"127.0.0.1:{_beta.Port("https", TlsMode.Implicit)}");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("Paired", joined, StringComparison.Ordinal);

        Assert.Contains("beta.example", (await RunAsync(_alpha, "vpn", "show", "beta.example")).Out, StringComparison.Ordinal);
        Assert.Contains("alpha.example", (await RunAsync(_beta, "vpn", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("yes", (await RunAsync(_alpha, "vpn", "rotate")).Out, StringComparison.Ordinal);
        (code, var rehearsal) = await RunAsync(_alpha, "peer", "rehearse", "x", "--network", "192.0.2.1");
        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("none of the 0 messages", rehearsal, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync(_alpha, "vpn", "leave", "beta.example")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync(_beta, "vpn", "rotate")).Code); // alpha knows it no more
    }

    private static async Task<(int Code, string Out)> RunAsync(ModusServer server, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        return (await ModusCommand.RunAsync([.. arguments, "--data", server.DataFolder], terminal, Cancellation), output.ToString());
    }

    private static void Gateway(JsonObject configuration)
    {
        configuration["queue"] = new JsonObject { ["sending"] = true };
        configuration["listeners"]!.AsArray().Add(new JsonObject { ["protocol"] = "https", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0 });
    }

    private static VpnGateway VpnOf(ModusServer server) => server.Running.Services.GetRequiredService<VpnGateway>();

    private static async Task<VpnPartner> PartnerAsync(ModusServer server) => Assert.Single(await new VpnPartnerStore(server.Running.Store.Settings).ListAsync(Cancellation));

    private async Task<string> InviteAsync(int port)
    {
        var invited = await VpnOf(_alpha).InviteAsync(
            new VpnInviteWish(["beta.example"], [], ["alpha.example"], null, $"127.0.0.1:{port}", TimeSpan.FromDays(7)), Cancellation);
        Assert.Null(invited.Fault);
        return invited.Value!.Token;
    }

    private async Task<string> PairAsync()
    {
        var token = await InviteAsync(_alpha.Port("https", TlsMode.Implicit));
        var plan = await VpnOf(_beta).JoinAsync(new VpnJoinWish(token, null, false), Cancellation);
        Assert.False(plan.Value!.IsDone);
        Assert.Empty(await new VpnPartnerStore(_beta.Running.Store.Settings).ListAsync(Cancellation));

        var joined = await VpnOf(_beta).JoinAsync(new VpnJoinWish(token, $"127.0.0.1:{_beta.Port("https", TlsMode.Implicit)}", true), Cancellation);
        Assert.Null(joined.Fault);
        Assert.Equal(["beta.example"], (await PartnerAsync(_alpha)).Domains);
        Assert.Equal(["alpha.example"], (await PartnerAsync(_beta)).Domains);
        return token;
    }

    private static async Task RouteAsync(ModusServer server, string domain, ModusServer to)
    {
        var routes = server.Running.Services.GetRequiredService<RouteTable>();
        var route = new MailRoute { Domain = domain, Hosts = [$"127.0.0.1:{to.Port("smtp", TlsMode.OnDemand)}"] };
        Assert.Equal(StoreOutcome.Done, await routes.SetAsync(route, "test", Cancellation));
    }

    private static async Task<QueueId> QueueAsync(ModusServer server, string from, string to)
    {
        var id = QueueId.New(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var envelope = StoreKit.EnvelopeTo(to) with { ReversePath = new ReversePath(EmailAddress.Parse(from)) };
        var result = await server.Running.Store.Delivery.DeliverAsync("Subject: secret\r\n\r\nx\r\n"u8.ToArray(), new DeliveryRequest
        {
            QueueId = id, InternalDate = now, Queue = new QueueRequest { Envelope = envelope, NotBefore = now },
        });
        Assert.True(result.IsDone);
        return id;
    }

    private static Task<TraceEvent> SentAsync(ModusServer server, QueueId id) => Patience.UntilAsync(async () =>
        (await server.Running.Store.Traces.ReadAsync(id, Cancellation)).SingleOrDefault(static line => line.Kind == TraceKind.Sent));
}
