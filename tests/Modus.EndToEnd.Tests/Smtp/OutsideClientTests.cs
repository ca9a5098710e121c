using System.Net;
using System.Net.Sockets;
using System.Text;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>swaks and curl send mail to the whole server; bytes behind STARTTLS and STLS are sent as an attacker would.</summary>
public sealed class OutsideClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    public async Task Swaks_submits_with_STARTTLS_and_a_login(string mechanism)
    {
        await using var server = await ModusServer.StartAsync();
        var port = server.Port("submission", TlsMode.OnDemand);
        var (code, said) = await SwaksAsync(
            port, "--tls", "--tls-sni", "mail.alpha.test", "--auth", mechanism, "--auth-user", ModusServer.Anna, "--auth-password", ModusServer.Password, "--from", ModusServer.Anna);
        Assert.True(code == 0, said);
        Assert.Contains("=== TLS started with cipher TLSv1.3", said, StringComparison.Ordinal);
        Assert.Contains(" 235 2.7.0", said, StringComparison.Ordinal);
        Assert.Contains(" 250 2.0.0 Ok: queued as", said, StringComparison.Ordinal);
        Assert.Contains($"Received: from", Assert.Single(await server.ReadInboxAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_submits_by_implicit_TLS()
    {
        await using var server = await ModusServer.StartAsync();
        var (code, said) = await SwaksAsync(
            server.Port("submission", TlsMode.Implicit), "--tlsc", "--auth", "PLAIN", "--auth-user", ModusServer.Anna, "--auth-password", ModusServer.Password, "--from", ModusServer.Anna);
        Assert.True(code == 0, said);
        Assert.Contains("with ESMTPSA id", Assert.Single(await server.ReadInboxAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_sends_what_is_not_ASCII_as_it_is_and_the_trace_says_that_it_was_encrypted()
    {
        await using var server = await ModusServer.StartAsync();
        var (code, said) = await SwaksAsync(
            server.Port("smtp", TlsMode.OnDemand), "--protocol", "ESMTPS", "--from", "bob@client.test", "--header", "Subject: Grüße", "--body", "äöü €");
        Assert.True(code == 0, said);
        var stored = Assert.Single(await server.ReadInboxAsync());
        Assert.Contains("Subject: Grüße\r\n", stored, StringComparison.Ordinal);
        Assert.Contains("\r\näöü €\r\n", stored, StringComparison.Ordinal);
        Assert.Contains("with ESMTPS id", stored, StringComparison.Ordinal);
        Assert.Contains("\r\n\ttls TLS_", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mechanism_that_needs_the_password_kept_is_neither_offered_nor_taken()
    {
        await using var server = await ModusServer.StartAsync();
        var port = server.Port("submission", TlsMode.OnDemand);
        var (code, said) = await SwaksAsync(
            port, "--tls", "--auth", "CRAM-MD5", "--auth-user", ModusServer.Anna, "--auth-password", ModusServer.Password, "--from", ModusServer.Anna);
        Assert.Equal(28, code); // swaks(1): error with authentication
        Assert.DoesNotContain("-> AUTH", said, StringComparison.Ordinal);

        var forced = await OutsideProgram.RunAsync(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-starttls", "smtp", "-quiet"], "EHLO client.test\r\nAUTH CRAM-MD5\r\nQUIT\r\n");
        Assert.Contains("504 5.5.4", forced.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Swaks_pipelines_to_the_relay()
    {
        await using var server = await ModusServer.StartAsync();
        var (code, said) = await SwaksAsync(server.Port("smtp", TlsMode.OnDemand), "--pipeline", "--tls", "--from", "bob@client.test");
        Assert.True(code == 0, said);
        Assert.Single(await server.ReadInboxAsync());
    }

    [Theory]
    [InlineData("submission", "--from|anna@alpha.test", "530 5.7.0 Must issue a STARTTLS command first")]
    [InlineData("submission", "--from|anna@alpha.test|--tls", "530 5.7.0 Authentication required")]
    [InlineData("submission", "--from|anna@alpha.test|--tls|--auth|PLAIN|--auth-user|anna@alpha.test|--auth-password|wrong", "535 5.7.8")]
    [InlineData("submission", "--from|ben@alpha.test|--tls|--auth|PLAIN|--auth-user|anna@alpha.test|--auth-password|correct horse", "553 5.7.1")]
    [InlineData("smtp", "--from|bob@client.test|--to|somebody@elsewhere.test", "554 5.7.1")]
    [InlineData("smtp", "--from|bob@client.test|--to|nobody@alpha.test", "550 5.1.1")]
    [InlineData("smtp", "--from|bob@client.test|--to|full@alpha.test", "452 4.2.2")]
    public async Task Swaks_is_refused_with_the_right_words(string protocol, string arguments, string reply)
    {
        await using var server = await ModusServer.StartAsync();
        await server.AddAccountAsync("full@alpha.test", quota: 0);
        var (code, said) = await SwaksAsync(server.Port(protocol, TlsMode.OnDemand), arguments.Split('|'));
        Assert.NotEqual(0, code);
        Assert.Contains(reply, said, StringComparison.Ordinal);
        Assert.Empty(await server.ReadInboxAsync());
    }

    [Theory]
    [InlineData("smtp", TlsMode.OnDemand, "submission", "--ssl-reqd")]
    [InlineData("smtps", TlsMode.Implicit, "submission", "--tlsv1.2")]
    public async Task Curl_uploads(string scheme, TlsMode mode, string protocol, string option)
    {
        await using var server = await ModusServer.StartAsync();
        var file = Path.Combine(server.Folder, "mail.txt");
        await File.WriteAllTextAsync(file, "Subject: by curl\r\n\r\n.dot\r\n", Cancellation);
        var (code, said) = await OutsideProgram.RunAsync(
            "curl",
            [
                "-sv", option, "--cacert", server.AuthorityFile, "--resolve", $"mail.alpha.test:{server.Port(protocol, mode)}:127.0.0.1", "--user", $"{ModusServer.Anna}:{ModusServer.Password}",
                "--mail-from", ModusServer.Anna, "--mail-rcpt", ModusServer.Anna, "--upload-file", file, $"{scheme}://mail.alpha.test:{server.Port(protocol, mode)}/client.test",
            ]);
        Assert.True(code == 0, said);
        Assert.EndsWith("Subject: by curl\r\n\r\n.dot\r\n", Assert.Single(await server.ReadInboxAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("smtp", "EHLO client.test\r\n", "250 ", "STARTTLS\r\nEHLO evil.test\r\nMAIL FROM:<>\r\n", "evil")]
    [InlineData("submission", "EHLO client.test\r\n", "250 ", "STARTTLS\r\nEHLO evil.test\r\n", "evil")]
    [InlineData("pop3", "", "+OK", "STLS\r\nCAPA\r\n", "IMPLEMENTATION")]
    public async Task What_is_sent_behind_the_upgrade_in_one_packet_is_never_run(string protocol, string hello, string ready, string attack, string trace)
    {
        await using var server = await ModusServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port(protocol, TlsMode.OnDemand), Cancellation);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        await reader.ReadLineAsync(Cancellation);
        if (hello.Length > 0)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(hello), Cancellation);
            while (!(await reader.ReadLineAsync(Cancellation))!.StartsWith(ready, StringComparison.Ordinal))
            {
            }
        }

        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(attack), Cancellation);
        var rest = await reader.ReadToEndAsync(Cancellation);
        Assert.StartsWith(protocol == "pop3" ? "-ERR" : "554 5.5.0", rest, StringComparison.Ordinal);
        Assert.DoesNotContain(trace, rest, StringComparison.Ordinal);
        Assert.DoesNotContain("\n2", rest, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output)> SwaksAsync(int port, params string[] arguments) => OutsideProgram.RunAsync(
        "swaks", ["--server", "127.0.0.1", "--port", $"{port}", "--helo", "client.test", .. arguments.Contains("--to") ? [] : new[] { "--to", ModusServer.Anna }, .. arguments]);
}
