using System.Security.Authentication;
using System.Text.Json;
using Modus.Server.Cli;
using Modus.Testing;
using Modus.Tests.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.TlsCheck;

/// <summary><c>modus tls check</c> against servers that misbehave, each in its own way.</summary>
public sealed class TlsCheckTests : IDisposable
{
    private static readonly string[] Smtp = ["220 mx.example ESMTP", "250-mx.example\r\n250-SIZE 1000\r\n250 STARTTLS", "220 go ahead"];

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _authority = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("smtp", "220 mx ESMTP", "250-mx\r\n250 STARTTLS", "220 go")]
    [InlineData("pop3", "+OK hello", "+OK\r\nUIDL\r\nSTLS\r\n.", "+OK go")]
    [InlineData("imap", "* OK hello", "* CAPABILITY IMAP4rev1 STARTTLS\r\na OK done", "a OK go")]
    [InlineData("smtps")]
    [InlineData("pop3s")]
    [InlineData("imaps")]
    [InlineData("https")]
    public async Task A_good_server_of_every_protocol_is_found_good(string protocol, params string[] lines)
    {
        using var leaf = _authority.Issue("mx.example");
        await using var server = new StagedServer(StagedServer.Show(leaf), lines);

        var run = await CheckAsync(server, "--protocol", protocol, "--sni", "mx.example", "--trust", Trusted(), "--json");

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.True(run.Json.GetProperty("verified").GetBoolean());
        Assert.True(run.Json.GetProperty("tls12").GetBoolean());
        Assert.True(run.Json.GetProperty("tls13").GetBoolean());
        Assert.Equal("TLS1.3", run.Json.GetProperty("version").GetString());
        Assert.Equal(KeyPin.Of(leaf), run.Json.GetProperty("certificate").GetProperty("keySha256").GetString());
        Assert.Equal(KeyPin.Of(leaf), run.Json.GetProperty("ecdsa").GetProperty("keySha256").GetString());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("rsa").ValueKind);
        Assert.Contains("mx.example", run.Json.GetProperty("certificate").GetProperty("names").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("In clear only", "220 mx ESMTP", "250-mx\r\n250 SIZE 1000")]
    [InlineData("The offer is masked", "220 mx ESMTP", "250-mx\r\n250 XXXXXXXA")]
    [InlineData("TLS is offered and refused", "220 mx ESMTP", "250-mx\r\n250 STARTTLS", "454 4.7.0 not now")]
    [InlineData("TLS is offered, begins, and fails", "220 mx ESMTP", "250-mx\r\n250 STARTTLS", "220 go ahead")]
    [InlineData("TLS is offered, begins, and fails", "220 mx ESMTP", "250-mx\r\n250 STARTTLS", "220 go ahead", "500 what?")]
    [InlineData("This is no smtp server", "220 mx ESMTP", "250-mx")]
    [InlineData("This is no smtp server", "554 go away")]
    [InlineData("This is no smtp server")]
    public async Task What_keeps_TLS_away_is_told_apart(string expected, params string[] lines)
    {
        await using var server = new StagedServer(null, lines);

        var run = await CheckAsync(server, "--protocol", "smtp");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains($"fault  {expected}", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_a_fault()
    {
        using var leaf = _authority.Issue("other.example");
        await using var server = new StagedServer(StagedServer.Show(leaf), Smtp);

        var run = await CheckAsync(server, "--protocol", "smtp", "--sni", "mx.example", "--trust", Trusted());

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("fault  The certificate is not good for mx.example", run.Out, StringComparison.Ordinal);
        Assert.Contains("other.example", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_nobody_trusts_is_a_fault()
    {
        using var leaf = _authority.Issue("mx.example");
        await using var server = new StagedServer(StagedServer.Show(leaf), Smtp);

        var run = await CheckAsync(server, "--protocol", "smtp", "--sni", "mx.example", "--json");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.False(run.Json.GetProperty("verified").GetBoolean());
    }

    [Fact]
    public async Task A_certificate_that_ends_soon_is_a_warning_and_no_fault()
    {
        using var leaf = _authority.Issue(new CertificateWish { NotAfter = DateTimeOffset.UtcNow.AddHours(3) }, "mx.example");
        await using var server = new StagedServer(StagedServer.Show(leaf), Smtp);

        var run = await CheckAsync(server, "--protocol", "smtp", "--sni", "mx.example", "--trust", Trusted());

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("The certificate ends in 0 days", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_without_the_new_version_is_told()
    {
        using var leaf = _authority.Issue(new CertificateWish { Ecdsa = false }, "mx.example");
        await using var server = new StagedServer(StagedServer.Show(leaf, SslProtocols.Tls12), Smtp);

        var run = await CheckAsync(server, "--protocol", "smtp", "--sni", "mx.example", "--trust", Trusted(), "--json");

        Assert.False(run.Json.GetProperty("tls13").GetBoolean());
        Assert.Equal("TLS1.2", run.Json.GetProperty("version").GetString());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("ecdsa").ValueKind);
        Assert.Equal(KeyPin.Of(leaf), run.Json.GetProperty("rsa").GetProperty("keySha256").GetString());
    }

    [Theory]
    [InlineData("--protocol is needed", "127.0.0.1:4711")]
    [InlineData("is no port", "127.0.0.1:99999")]
    [InlineData("names no host", ":25")]
    [InlineData("is no name of a host", "mx example:25")]
    [InlineData("is no name of a host", "mx.example:25", "--sni", "mx example")]
    [InlineData("is no address", "mx.example", "--ip", "mx")]
    public async Task A_command_line_that_makes_no_sense_is_refused(string expected, params string[] arguments)
    {
        var run = await CommandRun.RunAsync("", ["tls", "check", .. arguments]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(expected.Replace("--protocol is needed", "name it by --protocol", StringComparison.Ordinal), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_without_end_is_not_read_to_its_end()
    {
        await using var server = new StagedServer(null, "220 mx ESMTP", string.Join("\r\n", Enumerable.Repeat("250-AGAIN", 1000)));

        var run = await CheckAsync(server, "--protocol", "smtp");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("answers our hello with nothing that ends", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_says_does_not_command_the_terminal()
    {
        await using var server = new StagedServer(null, "220 mx ESMTP", "250 STARTTLS", "454 \u001b[31mred");

        var run = await CheckAsync(server, "--protocol", "smtp");

        Assert.Contains("454 ?[31mred", run.Out, StringComparison.Ordinal);
    }

    private static Task<CommandRun> CheckAsync(StagedServer server, params string[] more) =>
        CommandRun.RunAsync("", ["tls", "check", server.Place, .. more]);

    private string Trusted() => _folder.Write("ca.pem", _authority.Authority.ExportCertificatePem());
}
