using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Pop3;
using MailKit.Security;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Pop3;

/// <summary>A client that is not ours, in all modes of TLS.</summary>
public sealed class MailKitPop3Tests(Pop3Server pop3) : IClassFixture<Pop3Server>
{
    private static readonly byte[] Plain = Encoding.ASCII.GetBytes("Subject: plain\r\n\r\nbody\r\n");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TlsMode.OnDemand, "SCRAM-SHA-256-PLUS")]
    [InlineData(TlsMode.OnDemand, "PLAIN")]
    [InlineData(TlsMode.Implicit, "SCRAM-SHA-256")]
    [InlineData(TlsMode.Implicit, "LOGIN")]
    [InlineData(TlsMode.Implicit, null)]
    public async Task Messages_come_out_bit_exact_and_are_deleted_at_QUIT(TlsMode mode, string? mechanism)
    {
        var address = $"exact-{mode}-{mechanism ?? "user"}@alpha.test".ToLowerInvariant();
        byte[][] messages = [Plain, Dotted(), LongLines(), Encoding.Latin1.GetBytes("Subject: 8bit\r\n\r\n\u00e4\u00f6\u00fc\r\n"), Big()];
        await pop3.AddAccountAsync(address, messages);

        using (var client = await ConnectAsync(mode))
        {
            await LogInAsync(client, address, mechanism);
            Assert.Equal(messages.Length, client.Count);
            Assert.Equal(messages.Select(message => message.Length), await client.GetMessageSizesAsync(Cancellation));
            for (var i = 0; i < messages.Length; i++) Assert.Equal(Hash(messages[i]), Hash(await ReadAsync(client, i)));
            await client.DeleteMessageAsync(0, Cancellation);
            await client.DisconnectAsync(quit: true, Cancellation);
        }

        using (var client = await ConnectAsync(mode))
        {
            await LogInAsync(client, address, mechanism);
            Assert.Equal(messages.Length - 1, client.Count);
            await client.DisconnectAsync(quit: true, Cancellation);
        }
    }

    [Fact]
    public async Task In_clear_nobody_gets_in()
    {
        using var client = new Pop3Client();
        await client.ConnectAsync("127.0.0.1", pop3.Server.Port("pop3", TlsMode.OnDemand), SecureSocketOptions.None, Cancellation);

        Assert.True(client.Capabilities.HasFlag(Pop3Capabilities.StartTLS));
        Assert.Empty(client.AuthenticationMechanisms);
        await Assert.ThrowsAnyAsync<Exception>(() => client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation));
    }

    [Fact]
    public async Task Unique_ids_stay_the_same_and_a_lost_connection_deletes_nothing()
    {
        await pop3.AddAccountAsync("uidl@alpha.test", Plain, Plain, Plain);
        IList<string> before;
        using (var client = await ConnectAsync(TlsMode.Implicit))
        {
            await LogInAsync(client, "uidl@alpha.test", null);
            before = await client.GetMessageUidsAsync(Cancellation);
            await client.DeleteMessageAsync(1, Cancellation);
            await client.DisconnectAsync(quit: false, Cancellation);
        }

        using var again = await LogInPatientlyAsync("uidl@alpha.test");
        Assert.Equal(before, await again.GetMessageUidsAsync(Cancellation));
        Assert.Equal(3, before.Distinct().Count());
    }

    [Fact]
    public async Task A_second_session_hears_that_the_maildrop_is_in_use()
    {
        await pop3.AddAccountAsync("busy@alpha.test", Plain);
        using var first = await ConnectAsync(TlsMode.Implicit);
        await LogInAsync(first, "busy@alpha.test", null);
        using var said = new MemoryStream();
        using var second = await ConnectAsync(TlsMode.OnDemand, new ProtocolLogger(said, leaveOpen: true));

        await Assert.ThrowsAsync<AuthenticationException>(() => LogInAsync(second, "busy@alpha.test", null));
        Assert.Contains("-ERR [IN-USE]", Encoding.UTF8.GetString(said.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Internationalized_headers_come_in_UTF8_mode()
    {
        await pop3.AddAccountAsync("utf8@alpha.test", Encoding.UTF8.GetBytes("Subject: Gr\u00fc\u00dfe\r\nFrom: j\u00f6rg@alpha.test\r\n\r\nbody\r\n"));
        using (var client = await ConnectAsync(TlsMode.Implicit))
        {
            await LogInAsync(client, "utf8@alpha.test", null);
            await Assert.ThrowsAsync<Pop3CommandException>(() => client.GetMessageAsync(0, Cancellation));
            await client.DisconnectAsync(quit: true, Cancellation);
        }

        using (var client = await ConnectAsync(TlsMode.Implicit))
        {
            await client.EnableUTF8Async(Cancellation);
            await LogInAsync(client, "utf8@alpha.test", null);
            Assert.Equal("Gr\u00fc\u00dfe", (await client.GetMessageAsync(0, Cancellation)).Subject);
            Assert.Equal("Gr\u00fc\u00dfe", (await client.GetMessageHeadersAsync(0, Cancellation))["Subject"]);
        }
    }

    [Fact]
    public async Task A_wrong_password_is_refused_as_one_by_every_mechanism()
    {
        using var client = await ConnectAsync(TlsMode.Implicit);
        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(ModusServer.Anna, "wrong", Cancellation));
    }

    private async Task<Pop3Client> ConnectAsync(TlsMode mode, IProtocolLogger? log = null)
    {
        var client = new Pop3Client(log ?? new NullProtocolLogger()) { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = (_, _, _, _) => true;
        var option = mode == TlsMode.Implicit ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
        await client.ConnectAsync("127.0.0.1", pop3.Server.Port("pop3", mode), option, Cancellation);
        return client;
    }

    private static Task LogInAsync(Pop3Client client, string address, string? mechanism)
    {
        client.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism); // USER and PASS when none is left
        Assert.True(mechanism is null || client.AuthenticationMechanisms.Count == 1, $"{mechanism} is not offered");
        return client.AuthenticateAsync(address, ModusServer.Password, Cancellation);
    }

    // The server hears of a broken connection a moment later than the client that broke it.
    private async Task<Pop3Client> LogInPatientlyAsync(string address)
    {
        while (true)
        {
            var client = await ConnectAsync(TlsMode.Implicit);
            try
            {
                await LogInAsync(client, address, null);
                return client;
            }
            catch (AuthenticationException)
            {
                client.Dispose();
            }
        }
    }

    private static async Task<byte[]> ReadAsync(Pop3Client client, int index)
    {
        await using var stream = await client.GetStreamAsync(index, headersOnly: false, Cancellation);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }

    private static string Hash(byte[] message) => Convert.ToHexString(SHA256.HashData(message));

    private static byte[] Dotted() =>
        Encoding.ASCII.GetBytes("Subject: dots\r\n\r\n" + string.Concat(Enumerable.Repeat(".\r\n..\r\n...text\r\nno.dot.\r\n", 10_000)));

    private static byte[] LongLines() =>
        Encoding.ASCII.GetBytes($"Subject: long\r\n\r\n{new string('x', 998)}\r\n.{new string('y', 65_536)}\r\n");

    private static byte[] Big() =>
        Encoding.ASCII.GetBytes("Subject: big\r\n\r\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i,76}\r\n")));
}
