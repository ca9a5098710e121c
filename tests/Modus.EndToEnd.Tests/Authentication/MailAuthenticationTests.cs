using System.Text;
using System.Text.Json.Nodes;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using MimeKit.Cryptography;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Remote;
using Modus.EndToEnd.Tests.Dns;
using Modus.EndToEnd.Tests.Smtp;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tls;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using Xunit;

namespace Modus.EndToEnd.Tests.Authentication;

/// <summary>
/// Two whole servers and a DNS: what alpha signs, beta and MimeKit verify; what others forge, beta stamps, files as Junk or refuses.
/// </summary>
public sealed class MailAuthenticationTests : IAsyncLifetime
{
    private const string Ben = "ben@beta.example";

    private SignedZones? _zones;
    private ModusServer? _alpha;
    private ModusServer? _beta;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ModusServer Alpha => _alpha!;

    private ModusServer Beta => _beta!;

    public async ValueTask InitializeAsync()
    {
        _alpha = await ModusServer.StartAsync(static configuration => configuration["queue"] = new JsonObject { ["sending"] = true });
        var keys = _alpha.Running.Services.GetRequiredService<SigningKeys>();
        var domain = Domain.Parse("alpha.test");
        var made = await keys.CreateAsync(domain, [SignatureAlgorithm.RsaSha256, SignatureAlgorithm.Ed25519Sha256], "mail", Cancellation);
        Assert.Equal(StoreOutcome.Done, await keys.RotateAsync(domain, Cancellation));

        var records = made.Value!.Select(static key => $"{key.Selector}._domainkey TXT {string.Join(' ', key.RecordText.Chunk(255).Select(static part => $"\"{new string(part)}\""))}");
        _zones = await SignedZones.StartAsync(
            new SignedZone("alpha.test", string.Join('\n', [.. records, "@ TXT \"v=spf1 ip4:127.0.0.1 -all\"", "_dmarc TXT \"v=DMARC1; p=reject\""])),
            new SignedZone("strict.test", "@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=reject\""),
            new SignedZone("careful.test", "@ TXT \"v=spf1 -all\"\n_dmarc TXT \"v=DMARC1; p=quarantine\""),
            new SignedZone("open.test", "@ TXT \"v=spf1 ip4:127.0.0.1 -all\""));
        _beta = await ModusServer.StartAsync(configuration =>
        {
            configuration["hostname"] = "mail.beta.test";
            configuration["dns"] = new JsonObject { ["resolvers"] = new JsonArray($"{_zones.EndPoint}"), ["trustAnchors"] = _zones.TrustAnchorFile };
            configuration["authentication"] = new JsonObject { ["trustedRelays"] = new JsonArray() };
        });
        await _beta.AddAccountAsync(Ben);
        var route = new MailRoute { Domain = "beta.example", Hosts = [$"127.0.0.1:{_beta.Port("smtp", TlsMode.OnDemand)}"] };
        Assert.Equal(StoreOutcome.Done, await _alpha.Running.Services.GetRequiredService<RouteTable>().SetAsync(route, "test", Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        if (_alpha is not null) await _alpha.DisposeAsync();
        if (_beta is not null) await _beta.DisposeAsync();
        if (_zones is not null) await _zones.DisposeAsync();
    }

    [Fact]
    public async Task What_an_account_sends_is_signed_and_verified_by_another_server_and_by_MimeKit()
    {
        await SubmitAsync();

        var text = await UntilAsync(async () => (await Beta.ReadInboxAsync(Ben)).SingleOrDefault());
        var results = Unfold(text, "Authentication-Results");
        Assert.StartsWith("mail.beta.test", results, StringComparison.Ordinal);
        Assert.Equal(2, results.Split("dkim=pass").Length - 1);
        Assert.Contains("spf=pass", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=pass", results, StringComparison.Ordinal);

        var message = await MimeMessage.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), Cancellation);
        var verifier = new MimeKit.Cryptography.DkimVerifier(new OurKeys(Alpha.Running.Services.GetRequiredService<SigningKeys>()));
        var signatures = message.Headers.Where(static header => header.Id == HeaderId.DkimSignature).ToList();
        Assert.Equal(2, signatures.Count);
        foreach (var signature in signatures) Assert.True(await verifier.VerifyAsync(message, signature, Cancellation), signature.Value);
    }

    [Fact]
    public async Task A_forgery_is_refused_where_its_domain_wants_that_unless_it_is_an_exception()
    {
        Assert.StartsWith("550 5.7.1 strict.test wants mail refused", await ForgeAsync("strict.test"), StringComparison.Ordinal);
        Assert.Empty(await Beta.ReadInboxAsync(Ben));

        var exceptions = new DmarcExceptions(Beta.Running.Store.Settings);
        Assert.Equal(StoreOutcome.Done, await exceptions.PutAsync(new DmarcException(Domain.Parse("strict.test"), null), "test", Cancellation));
        Assert.StartsWith("250", await ForgeAsync("strict.test"), StringComparison.Ordinal);
        Assert.Contains("dmarc=fail", Unfold(Assert.Single(await Beta.ReadInboxAsync(Ben)), "Authentication-Results"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forgery_is_put_into_Junk_where_its_domain_wants_it_put_aside()
    {
        Assert.StartsWith("250", await ForgeAsync("careful.test"), StringComparison.Ordinal);

        Assert.Empty(await Beta.ReadInboxAsync(Ben));
        var account = await Beta.Running.Store.Directory.FindAccountAsync(EmailAddress.Parse(Ben), Cancellation);
        var junk = await Beta.Running.Store.Mail.FindMailboxAsync(account!.Id, MailboxName.Parse("Junk"), Cancellation);
        Assert.Contains("$Junk", Assert.Single(await Beta.Running.Store.Mail.ReadMessagesAsync(junk!.Id, UidRange.All, default, 10, Cancellation)).Keywords);
    }

    [Fact]
    public async Task Mail_of_a_domain_without_a_policy_is_stamped_and_filed_and_forged_stamps_are_left_out()
    {
        Assert.StartsWith("250", await ForgeAsync("open.test", "Authentication-Results: mail.beta.test; dmarc=pass header.from=bank.example\r\n"), StringComparison.Ordinal);

        var text = Assert.Single(await Beta.ReadInboxAsync(Ben));
        Assert.DoesNotContain("bank.example", text, StringComparison.Ordinal);
        var results = Unfold(text, "Authentication-Results");
        Assert.Contains("spf=pass", results, StringComparison.Ordinal);
        Assert.Contains("dkim=none", results, StringComparison.Ordinal);
        Assert.Contains("dmarc=none", results, StringComparison.Ordinal);
    }

    private async Task SubmitAsync()
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", Alpha.Port("submission", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var message = new MimeMessage { Subject = "signed, with ümlauts", Body = new TextPart("plain") { Text = "Hello  \r\n\r\n\r\n" } };
        message.From.Add(MailboxAddress.Parse(ModusServer.Anna));
        message.To.Add(MailboxAddress.Parse(Ben));
        await client.SendAsync(message, Cancellation);
        await client.DisconnectAsync(true, Cancellation);
    }

    private async Task<string> ForgeAsync(string domain, string fields = "")
    {
        await using var client = await RawSmtp.ConnectAsync(Beta.Port("smtp", TlsMode.OnDemand));
        await client.SayAsync($"MAIL FROM:<bob@{domain}>");
        await client.SayAsync($"RCPT TO:<{Ben}>");
        return await client.DataAsync(Encoding.ASCII.GetBytes($"{fields}From: bob@{domain}\r\nSubject: believe me\r\n\r\nx\r\n"));
    }

    private static string Unfold(string message, string field)
    {
        var start = message.IndexOf(field + ":", StringComparison.Ordinal) + field.Length + 2;
        var end = start;
        do end = message.IndexOf("\r\n", end + 1, StringComparison.Ordinal);
        while (message[end + 2] is ' ' or '\t');
        return message[start..end];
    }

    private static async Task<T> UntilAsync<T>(Func<Task<T?>> find)
        where T : class
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            if (await find() is { } found) return found;
            await look.WaitForNextTickAsync(patience.Token);
        }
    }

    private sealed class OurKeys(SigningKeys keys) : DkimPublicKeyLocatorBase
    {
        public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
            LocatePublicKeyAsync(methods, domain, selector, cancellationToken).GetAwaiter().GetResult();

        public override async Task<AsymmetricKeyParameter> LocatePublicKeyAsync(
            string methods, string domain, string selector, CancellationToken cancellationToken = default)
        {
            var key = (await keys.ListAsync(Domain.Parse(domain), cancellationToken)).Single(key => key.Selector == selector);
            return key.Algorithm == SignatureAlgorithm.RsaSha256
                ? PublicKeyFactory.CreateKey(key.PublicKey.ToArray())
                : new Ed25519PublicKeyParameters(key.PublicKey.ToArray());
        }
    }
}
