using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>A mail program that is not ours asks to be told of delivery, and reads the notice.</summary>
public sealed class NoticeTests
{
    private const string Ben = "ben@alpha.test";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MailKit_asks_for_a_notice_of_delivery_and_finds_it_in_the_INBOX()
    {
        await using var server = await ModusServer.StartAsync();
        await server.AddAccountAsync(Ben);

        using (var smtp = new AskingClient { ServerCertificateValidationCallback = static (_, _, _, _) => true })
        {
            await smtp.ConnectAsync("127.0.0.1", server.Port("submission", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
            await smtp.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
            Assert.True(smtp.Capabilities.HasFlag(SmtpCapabilities.Dsn));
            var message = new MimeMessage { Subject = "hello", Body = new TextPart("plain") { Text = "Hello" }, MessageId = "hello@alpha.test" };
            message.From.Add(MailboxAddress.Parse(ModusServer.Anna));
            message.To.Add(MailboxAddress.Parse(Ben));
            await smtp.SendAsync(message, Cancellation);
            await smtp.DisconnectAsync(true, Cancellation);
        }

        using var imap = new ImapClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await imap.ConnectAsync("127.0.0.1", server.Port("imap", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await imap.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await imap.Inbox!.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        var notice = await imap.Inbox.GetMessageAsync(0, Cancellation);
        var report = Assert.IsType<MultipartReport>(notice.Body);
        var status = Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
        Assert.Equal("the envelope", status[0]["Original-Envelope-Id"]);
        Assert.Equal(("delivered", $"rfc822; {Ben}"), (status[1]["Action"], status[1]["Final-Recipient"]));
        Assert.Equal("hello@alpha.test", notice.InReplyTo);
    }

    private sealed class AskingClient : SmtpClient
    {
        protected override string GetEnvelopeId(MimeMessage message) => "the envelope";

        protected override DeliveryStatusNotification? GetDeliveryStatusNotifications(MimeMessage message, MailboxAddress mailbox) =>
            DeliveryStatusNotification.Success | DeliveryStatusNotification.Failure;
    }
}
