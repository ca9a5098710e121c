using System.Text.Json;
using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus autoconfig</c> where no server runs.</summary>
public sealed class AutoconfigCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Settings_are_shown_and_the_documents_that_programs_get()
    {
        await StartAsync("{}");
        var shown = await RunAsync("autoconfig", "show", "anna@example.com");
        Assert.Equal(ExitCode.Done, shown.Code);
        Assert.Matches(@"imap\s+mail\.example\.com\s+993\s+SSL/TLS\s+anna@example\.com\s+normal", shown.Out);
        Assert.Contains("https://autoconfig.example.com/mail/config-v1.1.xml?emailaddress=anna%40example.com", shown.Out, StringComparison.Ordinal);

        var row = (await RunAsync("autoconfig", "show", "example.com", "--json")).Json;
        Assert.Equal(
            ["imap 993 implicit", "imap 143 starttls", "pop3 995 implicit", "pop3 110 starttls", "smtp 465 implicit", "smtp 587 starttls"],
            row.GetProperty("servers").EnumerateArray().Select(static server =>
                $"{server.GetProperty("protocol").GetString()} {server.GetProperty("port").GetInt32()} {server.GetProperty("encryption").GetString()}"));
        Assert.True(row.GetProperty("isServed").GetBoolean());
        Assert.Equal(JsonValueKind.Null, row.GetProperty("document").ValueKind);

        Assert.Contains("<clientConfig version=\"1.1\">", (await RunAsync("autoconfig", "show", "example.com", "--format", "mozilla")).Out, StringComparison.Ordinal);
        Assert.Contains("<LoginName>nobody@example.com</LoginName>", (await RunAsync("autoconfig", "show", "nobody@example.com", "--format", "microsoft")).Out, StringComparison.Ordinal);
        Assert.Contains("com.apple.mail.managed", (await RunAsync("autoconfig", "show", "anna@example.com", "--format", "apple")).Out, StringComparison.Ordinal);
        Assert.StartsWith(
            "_submissions._tcp.example.com. IN SRV 0 1 465 mail.example.com.\n",
            (await RunAsync("autoconfig", "show", "example.com", "--format", "srv")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_printed_as_a_zone_file_has_them_with_what_else_there_is_to_do()
    {
        await StartAsync("{}");
        var printed = await RunAsync("autoconfig", "records", "example.com");
        Assert.Equal(ExitCode.Done, printed.Code);
        Assert.Matches(@"(?m)^_imaps\._tcp\.example\.com\. +IN SRV 0 1 993 mail\.example\.com\.$", printed.Out);
        Assert.Matches(@"(?m)^autoconfig\.example\.com\. +IN CNAME mail\.example\.com\.$", printed.Out);
        Assert.All(printed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.True(line[0] == ';' || line.Contains(" IN ", StringComparison.Ordinal), line));
        Assert.Contains("No certificate here is good for autodiscover.example.com", printed.Out, StringComparison.Ordinal);

        var json = (await RunAsync("autoconfig", "records", "example.com", "--json")).Json;
        Assert.Equal(9, json.GetProperty("records").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_is_served_where_it_is_switched_off_and_the_command_says_so()
    {
        await StartAsync("""{ "enabled": false }""");
        var refused = await RunAsync("autoconfig", "show", "example.com", "--format", "mozilla");
        Assert.Equal((ExitCode.Fault, true), (refused.Code, refused.Error.Contains("autoconfiguration.enabled", StringComparison.Ordinal)));
        Assert.False((await RunAsync("autoconfig", "show", "example.com", "--json")).Json.GetProperty("isServed").GetBoolean());
        var records = (await RunAsync("autoconfig", "records", "example.com")).Out;
        Assert.DoesNotContain("CNAME m", records, StringComparison.Ordinal);
        Assert.Contains("; Settings are not served by https", records, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Fault, "not one of this server", "show", "elsewhere.example")]
    [InlineData(ExitCode.Fault, "not one of this server", "records", "elsewhere.example")]
    [InlineData(ExitCode.Usage, "is no e-mail address", "show", "anna@@example.com")]
    [InlineData(ExitCode.Usage, "is no domain name", "show", "-")]
    [InlineData(ExitCode.Usage, "are for an address", "show", "example.com", "--format", "apple")]
    public async Task What_cannot_be_shown_is_refused_with_the_reason(int code, string reason, params string[] arguments)
    {
        await StartAsync("{}");
        var run = await RunAsync(["autoconfig", .. arguments]);
        Assert.Equal(code, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_configuration_the_listeners_are_not_known()
    {
        await StartAsync("{}");
        var run = await CommandRun.RunAsync("", "autoconfig", "show", "example.com", "--data", Path.Combine(_folder.Path, "data"));
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("without --data", run.Error, StringComparison.Ordinal);
    }

    private async Task StartAsync(string setup)
    {
        var data = Directory.CreateDirectory(Path.Combine(_folder.Path, "data")).FullName;
        _folder.Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{data}}", "autoconfiguration": {{setup}} }""");
        Assert.Equal(ExitCode.Done, (await RunAsync("domain", "add", "example.com")).Code);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--config", Path.Combine(_folder.Path, "modus.json")]);
}
