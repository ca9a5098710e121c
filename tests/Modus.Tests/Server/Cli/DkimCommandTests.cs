using Modus.Server.Cli;
using Modus.Testing;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus dkim</c> and <c>modus dmarc</c>, on a store.</summary>
public sealed class DkimCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Keys_are_made_shown_rotated_and_retired()
    {
        await RunAsync("domain", "add", "example.com");
        Assert.Contains("nothing is signed", (await RunAsync("dkim", "list")).Out, StringComparison.Ordinal);

        var made = (await RunAsync("dkim", "create", "Example.com", "--selector", "mail", "--json")).Json.EnumerateArray().ToList();
        Assert.Equal(["mailr", "maile"], made.Select(static row => row.GetProperty("selector").GetString()));
        Assert.All(made, static row => Assert.Equal("next", row.GetProperty("state").GetString()));
        Assert.StartsWith("v=DKIM1; k=ed25519; p=", made[1].GetProperty("recordText").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", made[0].ToString(), StringComparison.OrdinalIgnoreCase);

        // A TXT record is strings of 255 bytes at most (RFC 1035 §3.3).
        var shown = (await RunAsync("dkim", "show", "example.com")).Out;
        Assert.Contains("mailr._domainkey.example.com. TXT ( \"v=DKIM1; k=rsa; p=", shown, StringComparison.Ordinal);
        Assert.All(shown.Split('"').Where(static (_, at) => at % 2 == 1), static text => Assert.InRange(text.Length, 1, 255));

        Assert.Equal(["active", "active"], await StatesAsync("dkim", "rotate", "example.com", "--json"));
        await RunAsync("dkim", "create", "example.com", "--algorithm", "ed25519", "--selector", "next");
        Assert.Equal(["active", "retired", "active"], await StatesAsync("dkim", "rotate", "example.com", "--json"));
        Assert.Equal(ExitCode.Done, (await RunAsync("dkim", "retire", "example.com", "mailr")).Code);
        Assert.Equal(["retired", "retired", "active"], await StatesAsync("dkim", "list", "example.com", "--json"));
    }

    [Fact]
    public async Task A_domain_that_goes_takes_its_keys_along()
    {
        await RunAsync("domain", "add", "example.com");
        await RunAsync("dkim", "create", "example.com");
        Assert.Equal(ExitCode.Done, (await RunAsync("domain", "remove", "example.com")).Code);
        Assert.Empty((await RunAsync("dkim", "list", "--json")).Json.EnumerateArray());
    }

    [Theory]
    [InlineData(ExitCode.Fault, "not one of this server", "dkim", "create", "example.net")]
    [InlineData(ExitCode.Usage, "is no selector", "dkim", "create", "example.com", "--selector", "a b")]
    [InlineData(ExitCode.Usage, "is no domain", "dkim", "create", "exa mple")]
    [InlineData(ExitCode.Fault, "no next key", "dkim", "rotate", "example.com")]
    [InlineData(ExitCode.Fault, "has no key", "dkim", "retire", "example.com", "x")]
    [InlineData(ExitCode.Fault, "modus run", "dkim", "check", "example.com")]
    [InlineData(ExitCode.Fault, "is no exception", "dmarc", "exception", "remove", "example.net")]
    [InlineData(ExitCode.Usage, "is no domain", "dmarc", "exception", "add", "exa mple")]
    public async Task What_is_wrong_is_said(int code, string words, params string[] arguments)
    {
        await RunAsync("domain", "add", "example.com");
        var run = await RunAsync(arguments);
        Assert.Equal(code, run.Code);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_is_given_once()
    {
        await RunAsync("domain", "add", "example.com");
        await RunAsync("dkim", "create", "example.com", "--algorithm", "rsa", "--selector", "mail");
        Assert.Contains("is taken", (await RunAsync("dkim", "create", "example.com", "--algorithm", "rsa", "--selector", "mail")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exceptions_are_added_listed_and_removed()
    {
        Assert.Contains("every policy counts", (await RunAsync("dmarc", "exception", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("dmarc", "exception", "add", "Lists.example", "--note", "their lists")).Code);
        var row = Assert.Single((await RunAsync("dmarc", "exception", "list", "--json")).Json.EnumerateArray());
        Assert.Equal(("lists.example", "their lists"), (row.GetProperty("domain").GetString(), row.GetProperty("note").GetString()));
        Assert.Equal(ExitCode.Done, (await RunAsync("dmarc", "exception", "remove", "lists.example")).Code);
        Assert.Empty((await RunAsync("dmarc", "exception", "list", "--json")).Json.EnumerateArray());
    }

    private async Task<IEnumerable<string?>> StatesAsync(params string[] arguments) =>
        (await RunAsync(arguments)).Json.EnumerateArray().Select(static row => row.GetProperty("state").GetString());

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
