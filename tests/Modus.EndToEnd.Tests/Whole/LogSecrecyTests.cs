using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Search;
using MailKit.Security;
using MimeKit;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>Even at trace level no password and no content gets into the log: not of those who log in, nor of those who err.</summary>
public sealed class LogSecrecyTests
{
    private const string Secret = "s3cr3t";

    // As modus run lists them for each of its two addresses.
    private static readonly string[] Doors = ["smtp", "submission", "submissions", "pop3", "pop3s", "imap", "imaps"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Login { get; } = Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{ModusServer.Anna}\0{ModusServer.Password}"));

    // What IMAP understands, right and wrong, without a LOGOUT: it would end the connection before the rest was read.
    private static string Tagged { get; } =
        $"a LOGIN {ModusServer.Anna} wrong-{Secret}\r\nb LOGIN {ModusServer.Anna} \"{Secret}\" {Secret}\r\nc LOGIN {ModusServer.Anna} {{{Secret.Length}+}}\r\n{Secret}\r\n" +
        $"d AUTHENTICATE PLAIN {Login}\r\ne AUTHENTICATE PLAIN =={Secret}\r\nf LOGIN {ModusServer.Anna} \"{ModusServer.Password}\"\r\n{Secret} {Secret}\r\n";

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("LOGIN")]
    [InlineData("SCRAM-SHA-256")]
    public async Task A_login_and_a_message_by_TLS_are_logged_without_their_secrets(string mechanism)
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 2 * Doors.Length);
        using (var smtp = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true })
        {
            await smtp.ConnectAsync("127.0.0.1", Port(server, "submission"), SecureSocketOptions.StartTls, Cancellation);
            smtp.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism);
            await smtp.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
            var anna = MailboxAddress.Parse(ModusServer.Anna);
            await smtp.SendAsync(new MimeMessage([anna], [anna], Secret, new TextPart("plain") { Text = Secret }), Cancellation);
            await smtp.DisconnectAsync(true, Cancellation);
        }

        using (var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true })
        {
            await pop3.ConnectAsync("127.0.0.1", Port(server, "pop3s"), SecureSocketOptions.SslOnConnect, Cancellation);
            if (mechanism == "PLAIN") pop3.AuthenticationMechanisms.Clear(); // USER and PASS
            await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
            Assert.Equal(Secret, (await pop3.GetMessageAsync(0, Cancellation)).Subject);
            await pop3.DisconnectAsync(true, Cancellation);
        }

        using (var imap = new ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true })
        {
            await imap.ConnectAsync("127.0.0.1", Port(server, "imap"), SecureSocketOptions.StartTls, Cancellation);
            imap.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism); // of LOGIN none is left, so that it is the command
            await imap.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
            await imap.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
            Assert.Equal(Secret, (await imap.Inbox.GetMessageAsync(0, Cancellation)).Subject);
            await imap.Inbox.SearchAsync(SearchQuery.BodyContains(Secret), Cancellation);
            await imap.DisconnectAsync(true, Cancellation);
        }

        Assert.Equal(0, await server.StopAsync());
        var log = await server.LogAsync();
        Assert.Contains($"{ModusServer.Anna} is in", log, StringComparison.Ordinal);
        Assert.Contains($"by {mechanism}", log, StringComparison.Ordinal);
        Assert.Contains(" took ", log, StringComparison.Ordinal);
        AssertNoSecret(log);
    }

    [Fact]
    public async Task What_is_said_at_the_wrong_time_or_place_is_not_logged_either()
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 2 * Doors.Length);
        var login = Login;
        foreach (var port in server.Ports)
        {
            await OutsideProgram.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", "-quiet"], $"USER {ModusServer.Anna}\r\nPASS {ModusServer.Password}\r\nAUTH PLAIN {login}\r\n{Tagged}QUIT\r\nz LOGOUT\r\n");
            using var clear = new TcpClient();
            try
            {
                await clear.ConnectAsync(IPAddress.Loopback, port, Cancellation);
                await clear.GetStream().WriteAsync(Encoding.UTF8.GetBytes(
                    $"EHLO a\r\nAUTH PLAIN {login}\r\nUSER {ModusServer.Anna}\r\nPASS {ModusServer.Password}\r\n{Tagged}MAIL FROM:<>\r\nRCPT TO:<{ModusServer.Anna}>\r\nDATA\r\n"), Cancellation);
                await clear.GetStream().WriteAsync("Subject: s3cr3t\r\n\r\ns3cr3t\r\n.\r\nQUIT\r\nz LOGOUT\r\n"u8.ToArray(), Cancellation);
                await new StreamReader(clear.GetStream()).ReadToEndAsync(Cancellation);
            }
            catch (Exception gone) when (gone is IOException or SocketException)
            {
                // Some doors close at once: what they log is what counts.
            }
        }

        Assert.Equal(0, await server.StopAsync());
        var log = await server.LogAsync();
        Assert.Contains("Modus.Imap", log, StringComparison.Ordinal);
        Assert.Contains("Modus.Smtp", log, StringComparison.Ordinal);
        AssertNoSecret(log);
    }

    private static void AssertNoSecret(string log)
    {
        foreach (var secret in new[] { ModusServer.Password, Login, Secret, Convert.ToBase64String(Encoding.UTF8.GetBytes(ModusServer.Password)) })
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
    }

    private static int Port(ServerProcess server, string door) => server.Ports[Array.IndexOf(Doors, door)];

    private static async Task<ModusServer> SetUpAsync()
    {
        var setup = await ModusServer.StartAsync(c =>
        {
            c["log"] = new JsonObject { ["level"] = "trace" };
            c["http"] = new JsonObject { ["enabled"] = false };
        });
        await setup.StopAsync();
        return setup;
    }
}
