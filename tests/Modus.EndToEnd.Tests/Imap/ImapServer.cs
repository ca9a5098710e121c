using System.Buffers;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>The whole server, with clients that are logged in and a way to put messages in byte for byte; shared by a class of tests.</summary>
public sealed class ImapServer : IAsyncLifetime
{
    private int _accounts;

    internal ModusServer Server { get; private set; } = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Server = await ModusServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Adds an account of a test's own.</summary>
    /// <returns>Its address.</returns>
    public async Task<string> NewAccountAsync(long? quota = null)
    {
        var address = $"user{Interlocked.Increment(ref _accounts)}@alpha.test";
        await Server.AddAccountAsync(address, quota);
        return address;
    }

    /// <summary>Puts messages into an INBOX as they are.</summary>
    public async Task DeliverAsync(string address, params byte[][] messages)
    {
        var store = Server.Running.Store;
        var account = await store.Directory.FindAccountAsync(EmailAddress.Parse(address), Cancellation);
        var inbox = await store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, Cancellation);
        foreach (var message in messages)
        {
            await using var content = store.Delivery.BeginContent();
            content.Write(message);
            var request = new DeliveryRequest
            {
                QueueId = QueueId.New(TimeProvider.System),
                InternalDate = DateTimeOffset.UtcNow,
                Mailboxes = [new MailboxTarget(inbox!.Id)],
            };
            Assert.True((await store.Delivery.CommitAsync(content, request, Cancellation)).IsDone);
        }
    }

    /// <summary>Connects with a certificate that is checked against the authority of the tests.</summary>
    public async Task<ImapClient> ConnectAsync(TlsMode mode, IProtocolLogger? log = null)
    {
        var client = new ImapClient(log ?? new NullProtocolLogger()) { CheckCertificateRevocation = false };
        client.ServerCertificateValidationCallback = (_, certificate, _, _) => certificate?.Issuer == Server.Certificates.Authority.Subject;
        var option = mode == TlsMode.Implicit ? SecureSocketOptions.SslOnConnect : SecureSocketOptions.StartTls;
        await client.ConnectAsync("127.0.0.1", Server.Port("imap", mode), option, Cancellation);
        return client;
    }

    /// <summary>A client that is logged in, behind implicit TLS.</summary>
    public async Task<ImapClient> LogInAsync(string address, IProtocolLogger? log = null)
    {
        var client = await ConnectAsync(TlsMode.Implicit, log);
        await client.AuthenticateAsync(address, ModusServer.Password, Cancellation);
        return client;
    }
}
