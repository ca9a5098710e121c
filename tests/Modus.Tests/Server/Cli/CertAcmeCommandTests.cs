using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus cert acme</c> without a server.</summary>
public sealed class CertAcmeCommandTests : IDisposable
{
    private const string Directory = "https://ca.example/dir";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_account_is_made_listed_without_its_keys_and_removed()
    {
        var key = _folder.Write("eab.key", "bWFjLWtleS1vZi1zb21lLWxlbmd0aA\n");
        var added = await RunAsync("cert", "acme", "account", "add", "house", "--directory", Directory, "--contact", "anna@example.com", "--agree", "--eab-key-id", "kid-1", "--eab-key-file", key);
        Assert.Equal((ExitCode.Done, ""), (added.Code, added.Error));
        Assert.Contains("is there already", (await RunAsync("cert", "acme", "account", "add", "house", "--directory", Directory, "--agree")).Error, StringComparison.Ordinal);

        var list = await RunAsync("cert", "acme", "account", "list", "--json");
        var row = Assert.Single(list.Json.EnumerateArray());
        Assert.Equal((Directory, "kid-1"), (row.GetProperty("directory").GetString(), row.GetProperty("externalKeyId").GetString()));
        Assert.Equal("anna@example.com", Assert.Single(row.GetProperty("contacts").EnumerateArray()).GetString());
        Assert.DoesNotContain("bWFjLWtleS1", list.Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "acme", "account", "remove", "house")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("cert", "acme", "account", "remove", "house")).Code);
    }

    [Theory]
    [InlineData("no directory", "--directory", "http://ca.example/dir", "--agree")]
    [InlineData("give --agree", "--directory", Directory)]
    [InlineData("no e-mail address", "--directory", Directory, "--agree", "--contact", "anna")]
    [InlineData("give --eab-key-id and --eab-key-file", "--directory", Directory, "--agree", "--eab-key-id", "kid-1")]
    public async Task An_account_that_cannot_be_says_why(string reason, params string[] options)
    {
        var run = await RunAsync(["cert", "acme", "account", "add", .. options]);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_waits_for_the_server_and_holds_its_account_and_its_certificate()
    {
        await RunAsync("cert", "acme", "account", "add", "--directory", "letsencrypt", "--agree");
        var added = await RunAsync("cert", "acme", "add", "Mail.Example.com", "--key", "ecdsa", "--key", "rsa2048", "--profile", "shortlived", "--reuse-key");
        Assert.Equal(("mail.example.com is obtained as soon as the server runs (`modus run`).\n", ""), (added.Out, added.Error));

        var row = Assert.Single((await RunAsync("cert", "acme", "list", "--json")).Json.EnumerateArray());
        Assert.Equal(("mail.example.com", "tls-alpn-01", "Waiting"), (row.GetProperty("name").GetString(), row.GetProperty("challenge").GetString(), row.GetProperty("state").GetString()));
        Assert.Contains("mail.example.com", (await RunAsync("cert", "acme", "account", "remove", "default")).Error, StringComparison.Ordinal);
        Assert.Contains("first `modus cert acme remove mail.example.com`", (await RunAsync("cert", "remove", "mail.example.com")).Error, StringComparison.Ordinal);
        Assert.Contains("No server runs", (await RunAsync("cert", "acme", "renew", "mail.example.com")).Error, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "acme", "remove", "mail.example.com")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "acme", "account", "remove", "default")).Code);
        Assert.Contains("Nothing is obtained", (await RunAsync("cert", "acme", "list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by dns-01 alone", "*.example.com")]
    [InlineData("is no host name", "not a name", "--as", "a")]
    [InlineData("is no host name", "192.0.2.1")]
    [InlineData("needs a program", "example.com", "--challenge", "dns-01")]
    [InlineData("is no full path", "example.com", "--challenge", "dns-01", "--hook", "hook.sh")]
    [InlineData("A hook is for dns-01", "example.com", "--hook", "/bin/true")]
    [InlineData("an ECDSA and an RSA one", "example.com", "--key", "ecdsa", "--key", "ecdsa384")]
    [InlineData("is no name for a certificate", "example.com", "--as", "../etc")]
    [InlineData("is not among its hosts", "example.com", "--name", "other.example.com")]
    [InlineData("is no IP address", "example.com", "--ip", "everywhere")]
    public async Task A_plan_that_cannot_be_says_why(string reason, params string[] wish)
    {
        await RunAsync("cert", "acme", "account", "add", "--directory", Directory, "--agree");
        var run = await RunAsync(["cert", "acme", "add", .. wish]);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_there_is_bound_as_the_plan_says_and_else_left_as_it_is()
    {
        await RunAsync("cert", "acme", "account", "add", "--directory", Directory, "--agree");
        await RunAsync("cert", "selfsign", "mail.example.com", "--as", "mail", "--protocol", "imap", "--name", "mail.example.com");
        Assert.Contains("is not among its hosts", (await RunAsync("cert", "acme", "add", "imap.example.com", "--as", "mail")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "acme", "add", "mail.example.com", "--as", "mail")).Code);
        Assert.Equal("imap", await ProtocolsAsync());
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "acme", "add", "mail.example.com", "--as", "mail", "--protocol", "smtp", "--name", "any")).Code);
        Assert.Equal("smtp", await ProtocolsAsync());

        async Task<string> ProtocolsAsync() => string.Join(
            ' ', (await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates")[0].GetProperty("binding").GetProperty("protocols").EnumerateArray());
    }

    [Theory]
    [InlineData("http-01", "smtp", "add { \"protocol\": \"http\", \"port\": 80 } to listeners")]
    [InlineData("tls-alpn-01", "smtp", "add { \"protocol\": \"https\", \"port\": 443 } to listeners")]
    [InlineData("http-01", "http", "There is no account")]
    [InlineData("tls-alpn-01", "https", "There is no account")]
    public async Task A_challenge_for_which_nobody_listens_is_not_begun(string challenge, string protocol, string reason)
    {
        var file = _folder.Write("modus.json", $$"""{ "hostname": "mail.example.com", "dataFolder": "{{_folder.Path}}", "listeners": [{ "protocol": "{{protocol}}", "port": 0 }] }""");
        var run = await CommandRun.RunAsync("", "cert", "acme", "add", "mail.example.com", "--challenge", challenge, "--config", file);
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync("", [.. args, "--data", _folder.Path]);
}
