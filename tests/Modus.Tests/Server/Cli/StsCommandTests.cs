using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus sts</c> and <c>modus tlsrpt</c> on a store.</summary>
public sealed class StsCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_policy_is_published_shown_and_removed()
    {
        await RunAsync("domain", "add", "example.com");
        var published = await RunAsync("sts", "publish", "example.com", "--mx", "mail.example.com", "--mx", "*.Backup.example.net", "--mode", "enforce", "--max-age", "336h");
        Assert.Equal(ExitCode.Done, published.Code);
        Assert.Contains("https://mta-sts.example.com/.well-known/mta-sts.txt", published.Out, StringComparison.Ordinal);

        var row = Assert.Single((await RunAsync("sts", "show", "--json")).Json.EnumerateArray());
        Assert.Equal("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.backup.example.net\r\nmax_age: 1209600\r\n", row.GetProperty("policy").GetString());
        Assert.Equal($"_mta-sts.example.com. IN TXT \"v=STSv1; id={row.GetProperty("id").GetString()};\"", row.GetProperty("record").GetString());
        Assert.Contains(row.GetProperty("record").GetString()!, published.Out, StringComparison.Ordinal);

        var again = await RunAsync("sts", "publish", "example.com", "--mx", "mail.example.com", "--json");
        Assert.NotEqual(row.GetProperty("id").GetString(), again.Json.GetProperty("id").GetString());
        Assert.Equal("testing", again.Json.GetProperty("mode").GetString());

        Assert.Equal(ExitCode.Done, (await RunAsync("sts", "remove", "example.com")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("sts", "remove", "example.com")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("sts", "show", "example.com")).Code);
    }

    [Theory]
    [InlineData("no host", "example.com", "--mode", "enforce")]
    [InlineData("no host and no", "example.com", "--mx", "*")]
    [InlineData("from a second to a year", "example.com", "--mx", "a.example", "--max-age", "9000h")]
    [InlineData("is no duration", "example.com", "--mx", "a.example", "--max-age", "7")]
    [InlineData("not one of this server", "elsewhere.example", "--mx", "a.example")]
    public async Task What_is_no_policy_of_ours_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        await RunAsync("domain", "add", "example.com");
        var run = await RunAsync(["sts", "publish", .. arguments]);
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_of_reports_is_set_and_taken_away()
    {
        await RunAsync("domain", "add", "example.com");
        Assert.Contains("No address", (await RunAsync("tlsrpt", "address")).Out, StringComparison.Ordinal);
        var nobody = await RunAsync("tlsrpt", "address", "reports@example.com");
        Assert.Equal(ExitCode.Fault, nobody.Code);
        Assert.Contains("neither an account nor an alias", nobody.Error, StringComparison.Ordinal);
        await RunAsync("alias", "add", "reports@example.com", "anna@elsewhere.example");
        var set = await RunAsync("tlsrpt", "address", "reports@example.com");
        Assert.Contains("_smtp._tls.<domain>. IN TXT \"v=TLSRPTv1; rua=mailto:reports@example.com\"", set.Out, StringComparison.Ordinal);
        Assert.Equal("reports@example.com", (await RunAsync("tlsrpt", "address", "--json")).Json.GetProperty("address").GetString());
        Assert.Equal(ExitCode.Fault, (await RunAsync("tlsrpt", "address", "reports@elsewhere.example")).Code);
        Assert.Contains("No address", (await RunAsync("tlsrpt", "address", "--none")).Out, StringComparison.Ordinal);

        Assert.Contains("No reports", (await RunAsync("tlsrpt", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, (await RunAsync("tlsrpt", "show", "sent/2026-01-01/example.com")).Code);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
