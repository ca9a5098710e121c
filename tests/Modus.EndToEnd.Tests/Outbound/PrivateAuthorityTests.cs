using System.Text.Json.Nodes;
using Modus.Server.Cli;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Two gateways know each other by certificates of private authorities, as docs/vpn.md says, and no public authority counts for anything.</summary>
public sealed class PrivateAuthorityTests : IAsyncLifetime
{
    private const string Al = "al@alpha.example";
    private const string Ben = "ben@beta.example";

    private ModusServer _alpha = null!;
    private ModusServer _beta = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _alpha = await ModusServer.StartAsync(Configure);
        _beta = await ModusServer.StartAsync(Configure);
        await _alpha.AddAccountAsync(Al);
        await _beta.AddAccountAsync(Ben);
        await _alpha.RouteAsync("beta.example", _beta);
        await _beta.RouteAsync("alpha.example", _alpha);
        foreach (var server in new[] { _alpha, _beta })
            await DoAsync(server, "cert", "ca", "create", "gateways", "--permit", "alpha.test", "--out", AuthorityOf(server));
        await DemandAsync(_alpha, _beta);
        await DemandAsync(_beta, _alpha);
    }

    public async ValueTask DisposeAsync()
    {
        await _alpha.DisposeAsync();
        await _beta.DisposeAsync();
    }

    [Fact]
    public async Task S25_Certificates_of_private_authorities_are_shown_and_demanded_both_ways()
    {
        await IssueAsync(_alpha);
        await IssueAsync(_beta);

        foreach (var (from, sender, to, reader) in new[] { (_alpha, Al, _beta, Ben), (_beta, Ben, _alpha, Al) })
        {
            var sent = await from.SentAsync(await from.QueueAsync(sender, reader));
            Assert.Equal(("webpki", "peer rule other"), (sent.Receipt!.Verified, sent.Receipt.Policy));
            Assert.NotNull(await Patience.UntilAsync(async () => (await to.ListInboxAsync(reader)).SingleOrDefault()));
            var taken = Assert.Single(
                await to.Running.Store.Traces.FindAsync(new TraceFilter { WithReceipt = true }, Cancellation), static line => line.Kind == TraceKind.Accepted);
            Assert.Equal(("webpki", "peer rule other"), (taken.Receipt!.Verified, taken.Receipt.Policy));
            Assert.NotNull(taken.Receipt.PeerKey);
        }
    }

    [Fact]
    public async Task S25_Without_a_certificate_of_the_other_authority_mail_waits_and_nothing_is_taken()
    {
        // Beta has one, alpha still serves and shows what another authority issued.
        await IssueAsync(_beta);

        foreach (var (from, sender, to, reader) in new[] { (_alpha, Al, _beta, Ben), (_beta, Ben, _alpha, Al) })
        {
            var id = await from.QueueAsync(sender, reader);
            var entry = await Patience.UntilAsync(async () =>
                (await from.Running.Store.Queue.ListAsync(new QueueFilter { QueueId = id }, Cancellation)).SingleOrDefault(static entry => entry.State == QueueState.Deferred));
            Assert.Contains(from == _alpha ? "our certificate, and may not know its key" : "No authority that is trusted", entry.LastResult!, StringComparison.Ordinal);
            Assert.Empty(await to.ListInboxAsync(reader));
        }

        await using var client = await RawSmtp.ConnectAsync(_beta.Port("smtp", TlsMode.OnDemand));
        await client.SayAsync("EHLO gamma.test");
        Assert.StartsWith("530 5.7.0", await client.SayAsync("MAIL FROM:<a@gamma.test>"), StringComparison.Ordinal);
        await client.StartTlsAsync("mail.alpha.test");
        await client.SayAsync("EHLO gamma.test");
        Assert.StartsWith("554 5.7.1", await client.SayAsync("MAIL FROM:<a@gamma.test>"), StringComparison.Ordinal);
    }

    // The default as well: the other one calls at an address, and so asks for no name.
    private static async Task IssueAsync(ModusServer server)
    {
        await DoAsync(server, "cert", "ca", "issue", "gateways", "mail.alpha.test");
        await DoAsync(server, "cert", "bind", "mail.alpha.test", "--default");
    }

    private static Task DemandAsync(ModusServer server, ModusServer other) => DoAsync(
        server, "peer", "add", "other", "--network", "127.0.0.1", "--level", "verify", "--authorities", AuthorityOf(other), "--certificate-name", "mail.alpha.test", "--show-certificate");

    // The certificates of the file are for no address, so that those put by command come before them.
    private static void Configure(JsonObject configuration)
    {
        Gateways.Configure(configuration);
        foreach (var certificate in configuration["certificates"]!.AsArray()) certificate!.AsObject().Remove("addresses");
    }

    private static string AuthorityOf(ModusServer server) => Path.Combine(server.Folder, "gateways.pem");

    private static async Task DoAsync(ModusServer server, params string[] arguments)
    {
        var (code, text) = await server.RunAsync(arguments);
        Assert.True(code == ExitCode.Done, $"{string.Join(' ', arguments)}: {text}");
    }
}
