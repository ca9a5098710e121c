using System.Text;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>A client that is not ours, which keeps to what EHLO offers.</summary>
public sealed class MailKitSmtpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TlsMode.OnDemand, "SCRAM-SHA-256-PLUS")]
    [InlineData(TlsMode.Implicit, "SCRAM-SHA-256-PLUS")]
    [InlineData(TlsMode.OnDemand, "SCRAM-SHA-256")]
    [InlineData(TlsMode.Implicit, "PLAIN")]
    [InlineData(TlsMode.OnDemand, "LOGIN")]
    public async Task Every_mechanism_that_is_offered_logs_in(TlsMode mode, string mechanism)
    {
        await using var server = await ModusServer.StartAsync();
        using var said = new MemoryStream();
        using var client = await ConnectAsync(server, "submission", mode, said);
        client.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism);
        Assert.Single(client.AuthenticationMechanisms);

        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await client.SendAsync(Message(ModusServer.Anna, "hello"), Cancellation);
        await client.DisconnectAsync(quit: true, Cancellation);

        Assert.Contains($"AUTH {mechanism}", Encoding.UTF8.GetString(said.ToArray()), StringComparison.Ordinal);
        Assert.Contains("with ESMTPSA id", Assert.Single(await server.ReadInboxAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256-PLUS")]
    [InlineData("PLAIN")]
    public async Task A_wrong_password_does_not(string mechanism)
    {
        await using var server = await ModusServer.StartAsync();
        using var client = await ConnectAsync(server, "submission", TlsMode.Implicit);
        client.AuthenticationMechanisms.RemoveWhere(offered => offered != mechanism);

        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(ModusServer.Anna, "wrong", Cancellation));
        var refused = await Assert.ThrowsAsync<ServiceNotAuthenticatedException>(() => client.SendAsync(Message(ModusServer.Anna, "x"), Cancellation));
        Assert.NotNull(refused);
    }

    [Fact]
    public async Task An_address_beyond_ASCII_gets_mail_by_SMTPUTF8()
    {
        const string Joerg = "jörg@alpha.test";
        await using var server = await ModusServer.StartAsync();
        await server.AddAccountAsync(Joerg);
        using var client = await ConnectAsync(server, "submission", TlsMode.Implicit);
        await client.AuthenticateAsync(Joerg, ModusServer.Password, Cancellation);
        var format = FormatOptions.Default.Clone();
        format.International = true;

        await client.SendAsync(format, Message(Joerg, "Grüße"), Cancellation);

        var stored = Assert.Single(await server.ReadInboxAsync(Joerg));
        Assert.StartsWith($"Return-Path: <{Joerg}>\r\n", stored, StringComparison.Ordinal);
        Assert.Contains("with UTF8SMTPSA id", stored, StringComparison.Ordinal);
        Assert.Contains("\r\nSubject: Grüße\r\n", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_says_it_is_too_large_for_the_quota_is_put_off_before_it_is_sent()
    {
        await using var server = await ModusServer.StartAsync();
        await server.AddAccountAsync("small@alpha.test", quota: 2000);
        using var client = await ConnectAsync(server, "smtp", TlsMode.OnDemand);

        await client.SendAsync(Message("small@alpha.test", "fits"), Cancellation);
        var refused = await Assert.ThrowsAsync<SmtpCommandException>(
            () => client.SendAsync(Message("small@alpha.test", new string('x', 3000)), Cancellation));

        Assert.Equal(SmtpErrorCode.RecipientNotAccepted, refused.ErrorCode);
        Assert.Equal(452, (int)refused.StatusCode);
        Assert.StartsWith("4.2.2", refused.Message, StringComparison.Ordinal);
        Assert.Single(await server.ReadInboxAsync("small@alpha.test"));
    }

    private static MimeMessage Message(string address, string subject) =>
        new([MailboxAddress.Parse(address)], [MailboxAddress.Parse(address)], subject, new TextPart("plain") { Text = "body" });

    private static async Task<SmtpClient> ConnectAsync(ModusServer server, string protocol, TlsMode mode, Stream? said = null)
    {
        IProtocolLogger log = said is null ? new NullProtocolLogger() : new ProtocolLogger(said, leaveOpen: true);
        var client = new SmtpClient(log) { ServerCertificateValidationCallback = (_, _, _, _) => true, LocalDomain = "client.test" };
        var option = mode == TlsMode.Implicit ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
        await client.ConnectAsync("127.0.0.1", server.Port(protocol, mode), option, Cancellation);
        return client;
    }
}
