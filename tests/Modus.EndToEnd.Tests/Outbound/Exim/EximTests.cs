using System.Text;
using Modus.EndToEnd.Tests.Smtp;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound.Exim;

/// <summary>Modus and an Exim, whose TLS is GnuTLS, send each other mail by every policy: what may travel arrives to the byte, what may not stays where it is.</summary>
public sealed class EximTests(ModusAndExim servers) : IClassFixture<ModusAndExim>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("delta.test", "TLS1.3", "not", "opportunistic")]
    [InlineData("clear.test", null, "not", "opportunistic")]
    [InlineData("strict.test", "TLS1.3", "not", "opportunistic")] // it would say 530 in clear
    [InlineData("pinned.test", "TLS1.3", "pin", "peer rule pinned")]
    [InlineData("verified.test", "TLS1.3", "webpki", "peer rule verified")]
    public async Task S11_S12_Exim_gets_what_the_policy_lets_go(string domain, string? protocol, string verified, string policy)
    {
        var (id, content) = await Exchange.SubmitAsync(servers.Alpha, $"ben@{domain}");

        var sent = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Sent);

        Assert.Equal((protocol, verified, policy), (sent.Receipt!.Protocol, sent.Receipt.Verified, sent.Receipt.Policy));
        await servers.Delta.WaitForAsync($"=> ben <ben@{domain}>", "T=file");
        var arrived = Encoding.Latin1.GetString(Assert.Single(await servers.Delta.ReadInboxAsync($"ben@{domain}")));
        Assert.Equal(Exchange.SumOf(content), Exchange.SumOf(arrived));
        Assert.Equal(protocol is not null, arrived.Contains("with esmtps ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("forced-clear.test", "peer rule forced-clear")]
    [InlineData("mispinned.test", "peer rule mispinned")]
    [InlineData("unverified.test", "peer rule unverified")]
    public async Task S12_S13_Exim_gets_nothing_that_the_policy_forbids(string domain, string reason)
    {
        var (id, _) = await Exchange.SubmitAsync(servers.Alpha, $"ben@{domain}");

        var put = await Exchange.TraceAsync(servers.Alpha, id, TraceKind.Deferred);

        Assert.Contains(reason, put.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await servers.Delta.ReadInboxAsync($"ben@{domain}"));
    }

    [Theory]
    [InlineData("may.test", "TLS1.3", "not", "listener")]
    [InlineData("clear-in.test", null, "not", "listener")]
    [InlineData("forced-in.test", "TLS1.3", "not", "peer rule forced-in")]
    [InlineData("pinned-in.test", "TLS1.3", "pin", "peer rule pinned-in")]
    [InlineData("verifies.test", "TLS1.3", "not", "listener")]
    public async Task S11_S17_Mail_of_Exim_is_taken_as_the_policy_lets_it(string domain, string? protocol, string verified, string policy)
    {
        var content = await Exchange.SendAsync(servers.DeltaDoor, "carl@delta.test", $"anna@{domain}");

        await servers.Delta.WaitForAsync($"=> anna@{domain}", "250");
        var arrived = Assert.Single(await servers.Alpha.ReadInboxAsync($"anna@{domain}"));
        Assert.Equal(Exchange.SumOf(content), Exchange.SumOf(arrived));
        var lines = await servers.Alpha.Running.Store.Traces.FindAsync(new TraceFilter { Limit = 10_000 }, Cancellation);
        var filed = Assert.Single(lines, line => line.Kind == TraceKind.Filed && line.Recipient == $"anna@{domain}");
        var receipt = Assert.Single(lines, line => line.Kind == TraceKind.Accepted && line.Message == filed.Message).Receipt!;
        Assert.Equal((protocol, verified, policy, "mx.delta.test"), (receipt.Protocol, receipt.Verified, receipt.Policy, receipt.PeerName));
    }

    [Theory]
    [InlineData("forced-clear-in.test", "530 5.7.0")]
    [InlineData("impostor-in.test", "5.7")]
    [InlineData("verifies-another.test", "certificate")]
    public async Task S17_Mail_of_Exim_is_not_taken_against_the_policy(string domain, string reason)
    {
        await Exchange.SendAsync(servers.DeltaDoor, "carl@delta.test", $"anna@{domain}");

        Assert.Contains(reason, await servers.Delta.WaitForAsync($"anna@{domain} R=", "T="), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await servers.Alpha.ReadInboxAsync($"anna@{domain}"));
    }
}
