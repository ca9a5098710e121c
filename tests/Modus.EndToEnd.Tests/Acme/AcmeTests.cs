using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Security;
using Microsoft.AspNetCore.Http;
using Modus.EndToEnd.Tests.Outbound;
using Modus.EndToEnd.Tests.OutboundTls;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Acme;

/// <summary>Certificates from pebble, with its faults switched on, by command beside a running server, and renewed by that.</summary>
public sealed class AcmeTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tls-alpn-01")]
    [InlineData("http-01")]
    [InlineData("dns-01")]
    public async Task Every_port_serves_what_each_challenge_obtains(string challenge)
    {
        await using var site = await AcmeSite.StartAsync();
        await site.Authority.StartAsync();
        List<string> wish = ["cert", "acme", "add", AcmeSite.Host, "alpha.test", "--challenge", challenge, "--key", "ecdsa", "--key", "rsa2048"];
        if (challenge == "dns-01") wish.AddRange(["*.alpha.test", "--hook", site.Authority.Hook]);

        Assert.Contains("is there and served", await site.RunAsync([.. wish]), StringComparison.Ordinal);

        var root = await site.Authority.WriteRootAsync();
        foreach (var door in AcmeSite.Doors)
        {
            using var ecdsa = await site.ServedAsync(door, "-CAfile", root, "-verify_return_error", "-verify_hostname", AcmeSite.Host);
            using var rsa = await site.ServedAsync(door, "-CAfile", root, "-verify_return_error", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256");
            Assert.Equal(("1.2.840.10045.2.1", "1.2.840.113549.1.1.1"), (ecdsa.GetKeyAlgorithm(), rsa.GetKeyAlgorithm()));
        }
    }

    [Fact]
    public async Task A_short_life_is_renewed_on_every_port_and_no_session_ends()
    {
        await using var site = await AcmeSite.StartAsync();
        site.Authority.Life = TimeSpan.FromSeconds(20);
        await site.Authority.StartAsync();
        await site.RunAsync("cert", "acme", "add", AcmeSite.Host);
        using var first = await site.ServedAsync(AcmeSite.Doors[0]);
        using var imap = new ImapClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await imap.ConnectAsync("127.0.0.1", site.Server.Port("imap", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, Cancellation);
        await imap.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        await pop3.ConnectAsync("127.0.0.1", site.Server.Port("pop3", TlsMode.OnDemand), SecureSocketOptions.StartTls, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);

        foreach (var door in AcmeSite.Doors)
        {
            await Patience.UntilAsync(async () =>
            {
                using var served = await site.ServedAsync(door);
                return served.SerialNumber == first.SerialNumber ? null : served.SerialNumber;
            });
        }

        await imap.NoOpAsync(Cancellation);
        await pop3.NoOpAsync(Cancellation);
        Assert.True(imap.IsAuthenticated && pop3.IsAuthenticated);
    }

    [Fact]
    public async Task An_authority_that_is_down_is_asked_again_and_a_restart_does_not_hurry_it()
    {
        await using var site = await AcmeSite.StartAsync();
        var (code, output) = await site.TryAsync("cert", "acme", "add", AcmeSite.Host);
        Assert.Equal(ExitCode.Fault, code);
        Assert.Contains("cannot be reached", output, StringComparison.Ordinal);
        var before = await site.StateAsync();

        await site.Server.StartAgainAsync();
        var after = await site.StateAsync();
        Assert.Equal(1, after.GetProperty("failures").GetInt32());
        Assert.Equal(before.GetProperty("nextAttempt").GetDateTimeOffset(), after.GetProperty("nextAttempt").GetDateTimeOffset());
        Assert.True(after.GetProperty("nextAttempt").GetDateTimeOffset() > DateTimeOffset.UtcNow);

        await site.Authority.StartAsync(); // at the ports that the server has now
        await site.RunAsync("cert", "acme", "renew", AcmeSite.Host);
        Assert.Equal("obtained", (await site.StateAsync()).GetProperty("state").GetString(), ignoreCase: true);
    }

    [Fact]
    public async Task What_an_imported_document_plans_is_obtained_by_the_running_server_at_once()
    {
        await using var site = await AcmeSite.StartAsync();
        await site.Authority.StartAsync();
        await site.RunAsync("cert", "acme", "add", AcmeSite.Host);
        using var first = await site.ServedAsync(AcmeSite.Doors[^1]);
        var document = Path.Combine(site.Server.Folder, "whole.json");
        await site.RunAsync("config", "export", document, "--with-secrets");
        await site.RunAsync("cert", "acme", "remove", AcmeSite.Host);
        await site.RunAsync("cert", "remove", AcmeSite.Host, "--force");
        await site.RunAsync("cert", "acme", "account", "remove", "default");

        await site.RunAsync("config", "import", document);
        await Patience.UntilAsync(async () =>
        {
            using var served = await site.ServedAsync(AcmeSite.Doors[^1]);
            return served.Issuer == first.Issuer && served.SerialNumber != first.SerialNumber ? served.SerialNumber : null;
        });
        await Patience.UntilAsync(async () => (await site.StateAsync()).GetProperty("state").GetString() is "Obtained" and var state ? state : null);
    }

    [Fact]
    public async Task An_authority_that_dies_in_the_middle_leaves_what_is_served()
    {
        await using var site = await AcmeSite.StartAsync();
        await site.Authority.StartAsync();
        await site.RunAsync("cert", "acme", "add", AcmeSite.Host);
        using var first = await site.ServedAsync(AcmeSite.Doors[^1]);
        await site.Authority.KillAsync();
        site.Authority.Faults["PEBBLE_VA_SLEEPTIME"] = "60";
        site.Authority.Faults["PEBBLE_AUTHZREUSE"] = "0";
        await site.Authority.StartAsync();

        var renewal = site.TryAsync("cert", "acme", "renew", AcmeSite.Host);
        await Patience.UntilAsync(() => Task.FromResult(site.Authority.Log.Contains("Sleeping for", StringComparison.Ordinal) ? "" : null));
        await site.Authority.KillAsync();
        var (code, output) = await renewal;
        Assert.Equal(ExitCode.Fault, code);
        Assert.Contains("cannot be reached", output, StringComparison.Ordinal);
        using var still = await site.ServedAsync(AcmeSite.Doors[^1]);
        Assert.Equal(first.SerialNumber, still.SerialNumber);

        site.Authority.Faults["PEBBLE_VA_SLEEPTIME"] = "1";
        await site.Authority.StartAsync(); // it knows nothing any more, not even the account
        await site.RunAsync("cert", "acme", "renew", AcmeSite.Host);
        using var second = await site.ServedAsync(AcmeSite.Doors[^1]);
        Assert.NotEqual(first.SerialNumber, second.SerialNumber);
    }

    [Fact]
    public async Task A_name_that_cannot_be_validated_is_named_with_what_to_do()
    {
        await using var site = await AcmeSite.StartAsync();
        site.Authority.HttpPort = FreePort.On("127.0.0.1");
        await site.Authority.StartAsync();
        var (code, output) = await site.TryAsync("cert", "acme", "add", AcmeSite.Host, "--challenge", "http-01");
        Assert.Equal(ExitCode.Fault, code);
        Assert.Contains("mail.alpha.test was not validated by http-01", output, StringComparison.Ordinal);
        Assert.Contains("Port 80 of each name must reach", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_authority_wants_renewed_is_renewed_before_its_time_with_the_same_key_where_that_is_kept()
    {
        await using var site = await AcmeSite.StartAsync();
        var willing = new WillingAuthority(site.Server.Certificates) { Life = TimeSpan.FromMinutes(1) }; // of itself it would be renewed after 40 s
        using var own = site.Server.Certificates.Issue("localhost");
        await using var host = await PolicyHost.StartAsync(own, willing.AnswerAsync);
        await site.RunAsync("cert", "acme", "account", "add", "willing", "--directory", $"https://localhost:{host.Port}/dir", "--root", site.Server.AuthorityFile, "--agree");
        await site.RunAsync("cert", "acme", "add", AcmeSite.Host, "--account", "willing", "--reuse-key");
        using var first = await site.ServedAsync(AcmeSite.Doors[^1]);

        var second = await Patience.UntilAsync(async () => await site.ServedAsync(AcmeSite.Doors[^1]) is var served && served.SerialNumber != first.SerialNumber ? served : null);
        Assert.True(second.NotBefore - first.NotBefore < willing.Life / 2);
        Assert.Equal(KeyPin.Of(first), KeyPin.Of(second));
        Assert.Equal([null, AcmeRenewal.IdentifierOf(first)], willing.Replaced);
    }

    [Fact]
    public async Task What_was_planned_while_no_server_ran_is_obtained_when_one_does_for_each_kind_of_key()
    {
        await using var site = await AcmeSite.StartAsync();
        var willing = new WillingAuthority(site.Server.Certificates) { Life = TimeSpan.FromDays(6) };
        using var own = site.Server.Certificates.Issue("localhost");
        await using var host = await PolicyHost.StartAsync(own, willing.AnswerAsync);
        await site.Server.StopAsync();
        await site.RunAsync("cert", "acme", "account", "add", "willing", "--directory", $"https://localhost:{host.Port}/dir", "--root", site.Server.AuthorityFile, "--agree");
        Assert.Contains("as soon as the server runs", await site.RunAsync("cert", "acme", "add", AcmeSite.Host, "--account", "willing", "--key", "ecdsa", "--key", "rsa2048"), StringComparison.Ordinal);

        await site.Server.StartAgainAsync();
        await Patience.UntilAsync(async () => (await site.StateAsync()).GetProperty("certificates").GetArrayLength() == 2 ? "" : null);
        using var rsa = await site.ServedAsync(AcmeSite.Doors[0], "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256");
        Assert.Equal((site.Server.Certificates.Authority.Subject, "1.2.840.113549.1.1.1"), (rsa.Issuer, rsa.GetKeyAlgorithm()));
    }

    [Fact]
    public async Task An_account_outside_ACME_is_bound_where_the_authority_wants_one()
    {
        await using var site = await AcmeSite.StartAsync();
        site.Authority.External = ("kid-1", "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W");
        await site.Authority.StartAsync();
        var (code, output) = await site.TryAsync("cert", "acme", "add", AcmeSite.Host);
        Assert.Equal(ExitCode.Fault, code);
        Assert.Contains("wants an account made outside ACME", output, StringComparison.Ordinal);

        var key = Path.Combine(site.Server.Folder, "eab.key");
        await File.WriteAllTextAsync(key, site.Authority.External.Value.Key + "\n", Cancellation);
        await site.RunAsync(
            "cert", "acme", "account", "add", "outside", "--directory", site.Authority.Directory, "--root", site.Server.AuthorityFile, "--agree", "--eab-key-id", "kid-1", "--eab-key-file", key);
        await site.RunAsync("cert", "acme", "add", AcmeSite.Host, "--account", "outside");
    }

    [Fact]
    public async Task A_rate_limit_is_waited_for_as_long_as_the_authority_says()
    {
        await using var site = await AcmeSite.StartAsync();
        using var own = site.Server.Certificates.Issue("localhost");
        var orders = 0;
        await using var strict = await PolicyHost.StartAsync(own, async context =>
        {
            context.Response.Headers["Replay-Nonce"] = Guid.NewGuid().ToString("N");
            var root = $"https://{context.Request.Host}";
            switch (context.Request.Path.Value)
            {
                case "/dir":
                    await context.Response.WriteAsync($$"""{"newNonce":"{{root}}/nonce","newAccount":"{{root}}/account","newOrder":"{{root}}/order"}""", Cancellation);
                    break;
                case "/account":
                    (context.Response.StatusCode, context.Response.Headers.Location) = (201, $"{root}/account/1");
                    await context.Response.WriteAsync("{}", Cancellation);
                    break;
                case "/order":
                    orders++;
                    (context.Response.StatusCode, context.Response.Headers.RetryAfter) = (429, "90000");
                    await context.Response.WriteAsync("""{"type":"urn:ietf:params:acme:error:rateLimited","detail":"too many\u001b[31m certificates"}""", Cancellation);
                    break;
            }
        });
        await site.RunAsync("cert", "acme", "account", "add", "strict", "--directory", $"https://localhost:{strict.Port}/dir", "--root", site.Server.AuthorityFile, "--agree");
        var asked = DateTimeOffset.UtcNow;
        var (code, output) = await site.TryAsync("cert", "acme", "add", AcmeSite.Host, "--account", "strict");
        Assert.Equal((ExitCode.Fault, 1), (code, orders));
        Assert.Contains("too many?[31m certificates. The authority takes no more for now", output, StringComparison.Ordinal);
        Assert.InRange((await site.StateAsync()).GetProperty("nextAttempt").GetDateTimeOffset() - asked, TimeSpan.FromHours(25), TimeSpan.FromHours(25.1));
    }

    [Fact]
    public async Task A_hook_that_fails_says_why_in_its_own_words()
    {
        await using var site = await AcmeSite.StartAsync();
        await site.Authority.StartAsync();
        await File.WriteAllTextAsync(site.Authority.Hook, "#!/bin/sh\necho zone is locked >&2\nexit 7\n", Cancellation);
        var (code, output) = await site.TryAsync("cert", "acme", "add", "*.alpha.test", "--challenge", "dns-01", "--hook", site.Authority.Hook);
        Assert.Equal(ExitCode.Fault, code);
        Assert.Contains("it ended with 7. zone is locked", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_but_a_challenge_is_answered_in_clear_and_none_that_is_not_proven()
    {
        await using var site = await AcmeSite.StartAsync();
        var http = $"http://127.0.0.1:{site.Server.Port("http", TlsMode.None)}";
        foreach (var path in new[] { "/", "/.well-known/acme-challenge/", "/.well-known/acme-challenge/token", "/.well-known/mta-sts.txt", "/metrics", "/healthz", "/admin/domain-list" })
            Assert.Equal("404", (await OutsideProgram.RunAsync("curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", http + path])).Output);

        var seen = await OutsideProgram.RunAsync(
            "openssl", ["s_client", "-connect", $"127.0.0.1:{site.Server.Port("https", TlsMode.Implicit)}", "-servername", AcmeSite.Host, "-alpn", "acme-tls/1"]);
        Assert.Contains("alert number 120", seen.Output, StringComparison.Ordinal);
    }
}
