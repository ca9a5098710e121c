using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>What monitoring reads: <c>/metrics</c>, <c>/healthz</c>, <c>/readyz</c>. A meter counts for its whole process, so each server is one of its own.</summary>
public sealed class MetricsTests
{
    private static readonly (string Protocol, string Tls)[] Doors = [("smtp", "on-demand"), ("submission", "implicit"), ("pop3", "implicit"), ("imap", "implicit")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Count_connections_messages_bytes_logins_and_errors_by_class()
    {
        const string Content = "Subject: counted\r\n\r\n";
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, Doors.Length + 1);
        await using var client = await RawSmtp.ConnectAsync(server.Ports[0]);
        await client.BeginAsync(ModusServer.Anna);
        await client.DataAsync("Subject: counted\r\n\r\n"u8.ToArray());
        await client.SayAsync("WHAT");
        using (var smtp = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true })
        {
            await smtp.ConnectAsync("127.0.0.1", server.Ports[1], SecureSocketOptions.SslOnConnect, Cancellation);
            await Assert.ThrowsAsync<AuthenticationException>(() => smtp.AuthenticateAsync(ModusServer.Anna, "wrong", Cancellation));
        }

        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await pop3.ConnectAsync("127.0.0.1", server.Ports[2], SecureSocketOptions.SslOnConnect, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await pop3.GetMessageAsync(0, Cancellation);
        await OutsideProgram.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{server.Ports[2]}", "-quiet"], "WHAT\r\nQUIT\r\n");

        using var imap = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await imap.ConnectAsync("127.0.0.1", server.Ports[3], SecureSocketOptions.SslOnConnect, Cancellation);
        await imap.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await OutsideProgram.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{server.Ports[3]}", "-quiet"], "a WHAT\r\nb LOGIN x y\r\nc LOGOUT\r\n");

        var metrics = await ReadAsync(server);
        Assert.InRange(Sum(metrics, "modus_imap_connections"), 1, 2);
        Assert.Equal(1, Sum(metrics, "modus_imap_logins", "result=\"succeeded\""));
        Assert.Equal(1, Sum(metrics, "modus_imap_logins", "result=\"failed\""));
        Assert.Equal(1, Sum(metrics, "modus_imap_commands", "result=\"bad\",verb=\"unknown\""));
        Assert.Equal(1, Sum(metrics, "modus_smtp_connections", "profile=\"Relay\""));
        Assert.InRange(Sum(metrics, "modus_pop3_connections"), 1, 2); // the server may not have heard yet that openssl is gone
        Assert.Equal(1, Sum(metrics, "modus_smtp_messages_accepted", "encrypted=\"false\""));
        Assert.True(Sum(metrics, "modus_smtp_message_bytes") >= Content.Length);
        Assert.Equal(1, Sum(metrics, "modus_smtp_replies_negative", "code=\"500\""));
        Assert.True(Sum(metrics, "modus_smtp_logins", "result=\"failed\"") >= 1);
        Assert.Equal(1, Sum(metrics, "modus_pop3_logins", "result=\"succeeded\""));
        Assert.Equal(1, Sum(metrics, "modus_pop3_messages_retrieved"));
        Assert.True(Sum(metrics, "modus_pop3_message_bytes") > Content.Length); // with the trace fields
        Assert.Equal(1, Sum(metrics, "modus_pop3_responses_negative", "class=\"client\""));
    }

    [Fact]
    public async Task Tell_full_handshakes_from_resumed_and_failed_ones()
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, Doors.Length + 1);
        var session = Path.Combine(setup.Folder, "session.pem");
        string[] client = ["s_client", "-connect", $"127.0.0.1:{server.Ports[2]}", "-ign_eof"];
        await OutsideProgram.RunAsync("openssl", [.. client, "-sess_out", session], "QUIT\r\n");
        await OutsideProgram.RunAsync("openssl", [.. client, "-sess_in", session], "QUIT\r\n");
        await OutsideProgram.RunAsync("openssl", [.. client, "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"]);

        // The client hears that a handshake failed a moment before it is counted.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var metrics = await ReadAsync(server);
        while (Sum(metrics, "modus_tls_handshakes", "result=\"failed\"") == 0 && !patience.IsCancellationRequested) metrics = await ReadAsync(server);
        Assert.Equal(1, Sum(metrics, "modus_tls_handshakes", "result=\"full\""));
        Assert.Equal(1, Sum(metrics, "modus_tls_handshakes", "result=\"resumed\""));
        Assert.Equal(1, Sum(metrics, "modus_tls_handshakes", "reason=\"protocol-version\""));
    }

    [Fact]
    public async Task Health_and_readiness_are_told_and_administration_is_not_there()
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, Doors.Length + 1);
        using var http = new HttpClient { BaseAddress = server.Http };
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri("healthz", UriKind.Relative), Cancellation));
        Assert.Equal("ready\n", await http.GetStringAsync(new Uri("readyz", UriKind.Relative), Cancellation));
        using var other = await http.GetAsync(new Uri("operations/add-account", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    private static async Task<ModusServer> SetUpAsync()
    {
        var setup = await ModusServer.StartAsync(static configuration => configuration["listeners"] = new JsonArray(
        [
            .. Doors.Select(static door => new JsonObject { ["protocol"] = door.Protocol, ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0, ["tls"] = door.Tls }),
        ]));
        await setup.StopAsync();
        return setup;
    }

    private static async Task<string[]> ReadAsync(ServerProcess server)
    {
        using var http = new HttpClient();
        return (await http.GetStringAsync(new Uri(server.Http!, "metrics"), Cancellation)).Split('\n');
    }

    // Of a counter's lines (name_unit_total{tags} value time), those that have the tag.
    private static double Sum(string[] metrics, string name, string tag = "") => metrics
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..].Split('{', ' ')[0] is "" or "_total" or "_bytes" or "_bytes_total")
        .Where(line => line.Contains(tag, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.IndexOf('}', StringComparison.Ordinal) + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
}
