using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>Any ASP.NET Core program can take mail, with two lines and a delivery of its own; our store is not there.</summary>
public sealed class EmbeddingTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task A_small_program_takes_mail_through_its_own_delivery(int listener, bool login)
    {
        var folder = Directory.CreateTempSubdirectory("modus-embedding-");
        MyDelivery.Folder = folder.FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<IIdentitySource, MyUsers>();

        builder.Services.AddModusSmtp(o => o.Deliver<MyDelivery>());
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(IPAddress.Loopback, 0, l => l.UseModusTls(TlsMode.OnDemand).UseSmtp(SmtpProfile.Relay));
            k.Listen(IPAddress.Loopback, 0, l => l.UseModusTls(TlsMode.OnDemand).UseSmtp(SmtpProfile.Submission));
        });

        await using var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var port = Ports(app)[listener];

        var message = new MimeMessage(
            [MailboxAddress.Parse("bob@client.test")], [MailboxAddress.Parse("anna@example.com")], "embedded", new TextPart("plain") { Text = "body" });
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, _, _, _) => true, CheckCertificateRevocation = false };
        await client.ConnectAsync("127.0.0.1", port, SecureSocketOptions.StartTls, TestContext.Current.CancellationToken);
        if (login) await client.AuthenticateAsync("bob@client.test", "secret", TestContext.Current.CancellationToken);
        await client.SendAsync(message, TestContext.Current.CancellationToken);
        await client.DisconnectAsync(true, TestContext.Current.CancellationToken);

        var file = Assert.Single(folder.GetFiles());
        var taken = await MimeMessage.LoadAsync(file.FullName, TestContext.Current.CancellationToken);
        Assert.Equal("embedded", taken.Subject);
        Assert.Contains(login ? "with ESMTPSA" : "with ESMTPS", taken.Headers[HeaderId.Received], StringComparison.Ordinal);
        Assert.Contains("tls TLS_", taken.Headers[HeaderId.Received], StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    private static int[] Ports(WebApplication app) =>
        [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port)];

    private sealed class MyDelivery : IMessageDelivery
    {
        public static string Folder { get; set; } = "";

        public ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken) =>
            new(new StreamMessageSink(File.Create(Path.Combine(Folder, message.Id.Value))));
    }

    private sealed class MyUsers : IIdentitySource
    {
        public ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken) =>
            new(ScramVerifierFactory.TryCreate("secret", out var verifier)
                ? new IdentityRecord(new Identity(EmailAddress.Parse(authenticationId), new AccountId(1)), verifier, Enabled: true)
                : null);
    }
}
