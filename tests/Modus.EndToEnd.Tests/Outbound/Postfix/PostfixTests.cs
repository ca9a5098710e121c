using System.Text;
using Modus.EndToEnd.Tests.Smtp;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound.Postfix;

/// <summary>
/// Two Modus servers and a Postfix send each other mail by every policy: what may travel arrives to the byte, what may not stays where it
/// is, and the receipts say how it went.
/// </summary>
public sealed class PostfixTests(ThreeServers servers) : IClassFixture<ThreeServers>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gamma.test", "TLS1.3", "not", "opportunistic")]
    [InlineData("clear.test", null, "not", "opportunistic")]
    [InlineData("strict.test", "TLS1.3", "not", "opportunistic")] // it would say 530 in clear
    [InlineData("pinned.test", "TLS1.3", "pin", "peer rule pinned")]
    [InlineData("verified.test", "TLS1.3", "webpki", "peer rule verified")]
    [InlineData("dane.test", "TLS1.3", "dane", "dane")]
    public async Task S11_S12_Postfix_gets_what_the_policy_lets_go(string domain, string? protocol, string verified, string policy)
    {
        var (id, content) = await Exchange.SubmitAsync(servers.Alpha, $"ben@{domain}");

        var sent = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Sent);

        Assert.Equal((protocol, verified, policy), (sent.Receipt!.Protocol, sent.Receipt.Verified, sent.Receipt.Policy));
        await servers.Gamma.WaitForAsync($"to=<ben@{domain}>", "status=sent");
        var arrived = Encoding.Latin1.GetString(Assert.Single(await servers.Gamma.ReadInboxAsync($"ben@{domain}")));
        Assert.Equal(Exchange.SumOf(content), Exchange.SumOf(arrived));
        Assert.Equal(protocol is not null, arrived.Contains("using TLSv1.3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("forced-clear.test", "peer rule forced-clear")]
    [InlineData("mispinned.test", "peer rule mispinned")]
    [InlineData("unverified.test", "peer rule unverified")]
    [InlineData("misdane.test", "dane")]
    [InlineData("bogus.test", "may not be used")]
    public async Task S12_S13_Postfix_gets_nothing_that_the_policy_forbids(string domain, string reason)
    {
        var (id, _) = await Exchange.SubmitAsync(servers.Alpha, $"ben@{domain}");

        var put = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Deferred);

        Assert.Contains(reason, put.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await servers.Gamma.ReadInboxAsync($"ben@{domain}"));
    }

    [Theory]
    [InlineData("may.test", "TLS1.3", "not", "listener")]
    [InlineData("clear-in.test", null, "not", "listener")]
    [InlineData("forced-in.test", "TLS1.3", "not", "peer rule forced-in")]
    [InlineData("pinned-in.test", "TLS1.3", "pin", "peer rule pinned-in")]
    [InlineData("verifies.test", "TLS1.3", "not", "listener")]
    [InlineData("pins.test", "TLS1.3", "not", "listener")]
    public async Task S11_S17_Mail_of_Postfix_is_taken_as_the_policy_lets_it(string domain, string? protocol, string verified, string policy)
    {
        var content = await SendByGammaAsync($"anna@{domain}");

        await servers.Gamma.WaitForAsync($"to=<anna@{domain}>", "status=sent");
        var arrived = Assert.Single(await servers.Alpha.ReadInboxAsync($"anna@{domain}"));
        Assert.Equal(Exchange.SumOf(content), Exchange.SumOf(arrived));
        var lines = await servers.Alpha.Running.Store.Traces.FindAsync(new TraceFilter { Limit = 10_000 }, Cancellation);
        var filed = Assert.Single(lines, line => line.Kind == TraceKind.Filed && line.Recipient == $"anna@{domain}");
        var receipt = Assert.Single(lines, line => line.Kind == TraceKind.Accepted && line.Message == filed.Message).Receipt!;
        Assert.Equal((protocol, verified, policy, "mx.gamma.test"), (receipt.Protocol, receipt.Verified, receipt.Policy, receipt.PeerName));
    }

    [Theory]
    [InlineData("forced-clear-in.test", "status=bounced", "530 5.7.0")]
    [InlineData("impostor-in.test", "status=", "5.7")]
    [InlineData("verifies-another.test", "status=deferred", "not verified")]
    [InlineData("pins-another.test", "status=deferred", "not verified")]
    public async Task S17_Mail_of_Postfix_is_not_taken_against_the_policy(string domain, string status, string reason)
    {
        await SendByGammaAsync($"anna@{domain}");

        Assert.Contains(reason, await servers.Gamma.WaitForAsync($"to=<anna@{domain}>", status), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await servers.Alpha.ReadInboxAsync($"anna@{domain}"));
    }

    [Theory]
    [InlineData(TlsDemand.None)]
    [InlineData(TlsDemand.Required)]
    public async Task S11_Modus_gets_mail_of_Modus_verified_by_DANE(TlsDemand demand)
    {
        var before = (await servers.Beta.ReadInboxAsync("ben@beta.test")).Count;
        var (id, content) = await Exchange.SubmitAsync(servers.Alpha, "ben@beta.test", demand);

        var sent = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Sent);

        Assert.Equal(("TLS1.3", "dane"), (sent.Receipt!.Protocol, sent.Receipt.Verified));
        Assert.Equal(Exchange.SumOf(content), Exchange.SumOf((await servers.Beta.ReadInboxAsync("ben@beta.test"))[before]));
    }

    [Fact]
    public async Task Mail_that_must_be_encrypted_to_its_end_does_not_go_to_a_server_that_does_not_promise_it()
    {
        var (id, _) = await Exchange.SubmitAsync(servers.Alpha, "ben@requiretls.test", TlsDemand.Required);

        var failed = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Failed);

        Assert.Contains("REQUIRETLS", failed.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await servers.Gamma.ReadInboxAsync("ben@requiretls.test"));
    }

    private Task<string> SendByGammaAsync(string recipient) => Exchange.SendAsync(servers.GammaDoor, "carl@gamma.test", recipient);
}
