using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using MailKit.Net.Pop3;
using MailKit.Security;
using MimeKit;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>What goes in by SMTP comes out by POP3 to the byte, behind the trace fields.</summary>
public sealed class RoundTripTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, byte[]> Messages
    {
        get
        {
            var head = "Subject: round\r\n\r\n";
            var random = new Random(1);
            var eightBit = new byte[5000];
            for (var i = 0; i < eightBit.Length; i++) eightBit[i] = (byte)random.Next(0x80, 0x100);
            return new()
            {
                { "8-bit", [.. Encoding.ASCII.GetBytes(head), .. eightBit, .. "\r\n"u8] },
                { "dots", Encoding.ASCII.GetBytes(head + ".\r\n..\r\n.a\r\n...\r\n") },
                { "998", Encoding.ASCII.GetBytes(head + new string('a', 998) + "\r\n" + new string('.', 998) + "\r\n") },
                { "64K line", Encoding.ASCII.GetBytes(head + new string('b', 64 * 1024) + "\r\n.") is var line ? [.. line, .. "\r\n"u8] : [] },
                { "empty body", Encoding.ASCII.GetBytes(head) },
                { "no header", "\r\n"u8.ToArray() },
            };
        }
    }

    [Fact]
    public async Task BINARYMIME_comes_out_by_POP3_in_base64_with_every_octet()
    {
        byte[] binary = [.. "\0\r\n.\r\n\n\r"u8, .. RandomNumberGenerator.GetBytes(200_000)];
        byte[] content = [.. Encoding.ASCII.GetBytes("Subject: b\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n"), .. binary];
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        Assert.StartsWith("250", await client.SayAsync("MAIL FROM:<bob@client.test> BODY=BINARYMIME"), StringComparison.Ordinal);
        Assert.StartsWith("250", await client.SayAsync($"RCPT TO:<{ModusServer.Anna}>"), StringComparison.Ordinal);
        await client.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {content.Length} LAST\r\n")));
        await client.WriteAsync(content);
        Assert.StartsWith("250", await client.ReadReplyAsync(), StringComparison.Ordinal);

        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await pop3.ConnectAsync("127.0.0.1", server.Port("pop3", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var message = await pop3.GetMessageAsync(0, Cancellation);
        var decoded = new MemoryStream();
        await Assert.IsType<MimePart>(message.Body).Content!.DecodeToAsync(decoded, Cancellation);
        Assert.Equal(binary, decoded.ToArray());
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Is_bit_exact_by_DATA(string name, byte[] content)
    {
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.BeginAsync(ModusServer.Anna);
        Assert.StartsWith("250", await client.DataAsync(content), StringComparison.Ordinal);
        var fetched = await OnlyMessageAsync(server);
        Assert.True(content.AsSpan().SequenceEqual(fetched), name);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Is_bit_exact_by_BDAT_in_odd_chunks(string name, byte[] content)
    {
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.BeginAsync(ModusServer.Anna);
        for (var at = 0; at < content.Length;)
        {
            var size = Math.Min(1 + (at * 7 % 1013), content.Length - at);
            var last = at + size == content.Length;
            await client.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"BDAT {size}{(last ? " LAST" : "")}\r\n")));
            await client.WriteAsync(content.AsMemory(at, size));
            Assert.StartsWith("250", await client.ReadReplyAsync(), StringComparison.Ordinal);
            at += size;
        }

        var fetched = await OnlyMessageAsync(server);
        Assert.True(content.AsSpan().SequenceEqual(fetched), name);
    }

    [Fact]
    public async Task A_message_without_a_final_line_end_is_stored_so_and_POP3_ends_the_line()
    {
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.BeginAsync(ModusServer.Anna);
        await client.WriteAsync("BDAT 14 LAST\r\nS: 1\r\n\r\nno end"u8.ToArray());
        Assert.StartsWith("250", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal("S: 1\r\n\r\nno end\r\n", Encoding.ASCII.GetString(await OnlyMessageAsync(server)));

        var account = await server.Running.Store.Directory.FindAccountAsync(Modus.Mail.Addresses.EmailAddress.Parse(ModusServer.Anna), Cancellation);
        var inbox = await server.Running.Store.Mail.FindMailboxAsync(account!.Id, Modus.Storage.MailboxName.Inbox, Cancellation);
        var message = Assert.Single(await server.Running.Store.Mail.ReadMessagesAsync(inbox!.Id, Modus.Storage.UidRange.All, default, 10, Cancellation));
        await using var reader = await server.Running.Store.Mail.OpenContentAsync(message.Content, Cancellation);
        var end = new byte[6];
        Assert.Equal(6, await reader!.ReadAsync(reader.Length - 6, end, Cancellation));
        Assert.Equal("no end", Encoding.ASCII.GetString(end));
    }

    [Fact]
    public async Task Fifty_megabytes_go_through_unchanged()
    {
        await using var server = await ModusServer.StartAsync();
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        await client.BeginAsync(ModusServer.Anna);
        var line = Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(57)) + "\r\n");
        var content = new byte[50 * 1024 * 1024 / line.Length * line.Length];
        for (var at = 0; at < content.Length; at += line.Length) line.CopyTo(content, at);
        Assert.StartsWith("250", await client.DataAsync(content), StringComparison.Ordinal);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await OnlyMessageAsync(server)));
    }

    [Theory]
    [InlineData("submission", SecureSocketOptions.StartTls, SecureSocketOptions.SslOnConnect)]
    [InlineData("submission", SecureSocketOptions.SslOnConnect, SecureSocketOptions.StartTls)]
    [InlineData("smtp", SecureSocketOptions.StartTls, SecureSocketOptions.StartTls)]
    [InlineData("smtp", SecureSocketOptions.None, SecureSocketOptions.SslOnConnect)]
    public async Task MailKit_sends_and_fetches_in_every_mode_of_TLS(string protocol, SecureSocketOptions sending, SecureSocketOptions fetching)
    {
        await using var server = await ModusServer.StartAsync();
        using var smtp = new MailKit.Net.Smtp.SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await smtp.ConnectAsync("127.0.0.1", server.Port(protocol, ModeOf(sending)), sending, Cancellation);
        if (protocol == "submission") await smtp.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var message = new MimeKit.MimeMessage(
            [MimeKit.MailboxAddress.Parse(ModusServer.Anna)], [MimeKit.MailboxAddress.Parse(ModusServer.Anna)], "gr\u00fcezi", new MimeKit.TextPart("plain") { Text = "\u00e4" });
        await smtp.SendAsync(message, Cancellation);
        await smtp.DisconnectAsync(true, Cancellation);

        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await pop3.ConnectAsync("127.0.0.1", server.Port("pop3", ModeOf(fetching)), fetching, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        Assert.Equal(1, pop3.Count);
        var fetched = await pop3.GetMessageAsync(0, Cancellation);
        Assert.Equal("gr\u00fcezi", fetched.Subject);
        Assert.Equal(sending != SecureSocketOptions.None, fetched.Headers[MimeKit.HeaderId.Received]!.Contains("tls TLS_", StringComparison.Ordinal));
        Assert.Equal($"<{ModusServer.Anna}>", fetched.Headers[MimeKit.HeaderId.ReturnPath]);
        await pop3.DeleteMessageAsync(0, Cancellation);
        await pop3.DisconnectAsync(true, Cancellation);
    }

    private static TlsMode ModeOf(SecureSocketOptions options) =>
        options == SecureSocketOptions.SslOnConnect ? TlsMode.Implicit : TlsMode.OnDemand;

    // RETR of the one message, with our Return-Path and Received taken off.
    private static async Task<byte[]> OnlyMessageAsync(ModusServer server)
    {
        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await pop3.ConnectAsync("127.0.0.1", server.Port("pop3", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        Assert.Equal(1, pop3.Count);
        await using var stream = await pop3.GetStreamAsync(0, false, Cancellation);
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Cancellation);
        await pop3.DisconnectAsync(true, Cancellation);

        var bytes = all.GetBuffer().AsSpan(0, (int)all.Length);
        Assert.True(bytes.StartsWith("Return-Path: <bob@client.test>\r\nReceived: from "u8));
        var at = bytes.IndexOf("\r\nReceived: "u8) + 2;
        while (true)
        {
            at += bytes[at..].IndexOf("\r\n"u8) + 2;
            if (at >= bytes.Length || bytes[at] is not ((byte)'\t' or (byte)' ')) return bytes[at..].ToArray();
        }
    }
}
