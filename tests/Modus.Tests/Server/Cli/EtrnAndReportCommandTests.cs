using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus etrn</c> and <c>modus report</c>, on a store.</summary>
public sealed class EtrnAndReportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Grants_are_added_to_listed_and_taken_away()
    {
        await RunAsync("domain", "add", "example.org");
        await CommandRun.RunAsync("x\n", "account", "add", "anna@example.org", "--password-stdin", "--data", _folder.Path);
        var key = new string('A', 64);
        Assert.Equal(ExitCode.Done, (await RunAsync("etrn", "allow", "Branch.test", "--network", "192.0.2.0/24", "--network", "2001:db8::1", "--subdomains")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("etrn", "allow", "branch.test", "--key", key, "--account", "anna@example.org")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("etrn", "allow", "#south", "--network", "192.0.2.9", "--domain", "x.test", "--domain", "y.test")).Code);

        var rows = (await RunAsync("etrn", "list", "--json")).Json.EnumerateArray().ToList();
        Assert.Equal(["#south", "branch.test"], rows.Select(static row => row.GetProperty("node").GetString()));
        Assert.Equal(["192.0.2.0/24", "2001:db8::1/128"], rows[1].GetProperty("networks").EnumerateArray().Select(static text => text.GetString()));
        Assert.Equal(new string('a', 64), rows[1].GetProperty("keys")[0].GetString());
        Assert.True(rows[1].GetProperty("subdomains").GetBoolean());
        var list = (await RunAsync("etrn", "list")).Out;
        Assert.Contains("branch.test and below", list, StringComparison.Ordinal);
        Assert.Contains("#south (x.test, y.test)", list, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, (await RunAsync("etrn", "deny", "branch.test")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("etrn", "deny", "branch.test")).Code);
        Assert.Single((await RunAsync("etrn", "list", "--json")).Json.EnumerateArray());
    }

    [Theory]
    [InlineData("no node", "etrn", "allow", "localname", "--network", "192.0.2.1")]
    [InlineData("Say who may ask", "etrn", "allow", "branch.test")]
    [InlineData("no network", "etrn", "allow", "branch.test", "--network", "192.0.2.0/33")]
    [InlineData("no key", "etrn", "allow", "branch.test", "--key", "abc")]
    [InlineData("no e-mail address", "etrn", "allow", "branch.test", "--account", "anna")]
    [InlineData("which domains", "etrn", "allow", "#south", "--network", "192.0.2.1")]
    [InlineData("stands for itself", "etrn", "allow", "branch.test", "--network", "192.0.2.1", "--domain", "x.test")]
    [InlineData("one by one", "etrn", "allow", "#south", "--network", "192.0.2.1", "--domain", "x.test", "--subdomains")]
    [InlineData("is no month", "report", "tls", "--month", "November")]
    [InlineData("no domain name", "report", "tls", "--peer", "a b")]
    public async Task What_is_wrong_is_said(string words, params string[] args)
    {
        await RunAsync("domain", "add", "example.org");

        var run = await RunAsync(args);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_is_not_there_gets_no_grant()
    {
        await RunAsync("domain", "add", "example.org");
        Assert.Equal(ExitCode.Fault, (await RunAsync("etrn", "allow", "branch.test", "--account", "nobody@example.org")).Code);
    }

    [Fact]
    public async Task How_mail_travelled_is_reported_as_text_JSON_and_CSV()
    {
        await AppendAsync();

        var text = (await RunAsync("report", "tls")).Out;
        Assert.Contains("bank.test  in   2         50.0 %     TLS1.3 1", text, StringComparison.Ordinal);
        Assert.Contains("bank.test, in: 1 in clear", text, StringComparison.Ordinal);
        Assert.Contains("0m2  mx.bank.test  (listener)", text, StringComparison.Ordinal);

        var row = Assert.Single((await RunAsync("report", "tls", "--peer", "bank.test", "--month", "2026-11", "--json")).Json.GetProperty("peers").EnumerateArray());
        Assert.Equal((2, 1, "In"), (row.GetProperty("messages").GetInt32(), row.GetProperty("encrypted").GetInt32(), row.GetProperty("direction").GetString()));

        Assert.Equal(
            ["peer,direction,messages,encrypted,versions,ciphers,groups,verified,policies", "bank.test,in,2,1,TLS1.3 1,TLS_AES_256_GCM_SHA384 1,x25519 1,not 2,listener 2"],
            (await RunAsync("report", "tls", "--csv")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd('\r')));
        Assert.Contains("No message came or went", (await RunAsync("report", "tls", "--month", "2025-01")).Out, StringComparison.Ordinal);
    }

    private async Task AppendAsync()
    {
        await using var store = await OpenedStore.OpenAsync(_folder.Path, Cancel);
        await store.Traces.AppendAsync([Line("0m1", "TLS1.3"), Line("0m2", null)], Cancel);

        static TraceEvent Line(string message, string? protocol) => new()
        {
            Message = new QueueId(message),
            At = new DateTimeOffset(2026, 11, 5, 10, 0, 0, TimeSpan.Zero),
            Kind = TraceKind.Accepted,
            Peer = Domain.Parse("bank.test"),
            Text = "Taken",
            Receipt = new TravelReceipt
            {
                Direction = TravelDirection.In, PeerName = "mx.bank.test", Protocol = protocol, Verified = "not", Policy = "listener",
                CipherSuite = protocol is null ? null : "TLS_AES_256_GCM_SHA384", Group = protocol is null ? null : "x25519",
            },
        };
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync("", [.. args, "--data", _folder.Path]);
}
