using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>Two local addresses, two names, two kinds of keys, every protocol, implicit and on demand, seen by openssl.</summary>
public sealed class CertificateChoiceOnEveryPortTests
{
    private static readonly string[] Hosts = ["mail.alpha.test", "mail.beta.test"];

    public static TheoryData<string, string> Doors => new()
    {
        { "smtp", "smtp" },
        { "submission", "smtp" },
        { "submission", "" },
        { "pop3", "pop3" },
        { "pop3", "" },
        { "imap", "imap" },
        { "imap", "" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task The_right_one_of_four_certificates_is_served(string protocol, string starttls)
    {
        await using var server = await ModusServer.StartAsync();
        var mode = starttls.Length > 0 ? TlsMode.OnDemand : TlsMode.Implicit;
        foreach (var (address, atThisAddress) in new[] { ("127.0.0.1", Hosts[0]), ("127.0.0.2", Hosts[1]) })
        {
            var port = server.Port(protocol, mode, address);
            foreach (var name in new[] { null, Hosts[0], Hosts[1] })
            {
                foreach (var (key, flags) in new[] { ("id-ecPublicKey", ""), ("rsaEncryption", "-sigalgs RSA-PSS+SHA256:RSA+SHA256"), ("id-ecPublicKey", "-sigalgs ECDSA+SHA256") })
                {
                    var certificate = await ServedAsync(address, port, starttls, name, flags);
                    // The certificates are bound to their address, so a name that is elsewhere gets what this address has.
                    Assert.Contains($"DNS:{atThisAddress}", certificate, StringComparison.Ordinal);
                    Assert.Contains(key, certificate, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData("smtp", "smtp")]
    [InlineData("pop3", "pop3")]
    [InlineData("pop3", "")]
    public async Task A_replaced_certificate_is_served_within_seconds_while_an_old_connection_goes_on(string protocol, string starttls)
    {
        await using var server = await ModusServer.StartAsync(ReloadOften);
        var port = server.Port(protocol, starttls.Length > 0 ? TlsMode.OnDemand : TlsMode.Implicit);
        using var old = new MailKit.Net.Pop3.Pop3Client { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await old.ConnectAsync("127.0.0.1", server.Port("pop3", TlsMode.Implicit), MailKit.Security.SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
        await old.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, TestContext.Current.CancellationToken);
        var before = await SerialAsync(port, starttls);

        server.WriteCertificate(Hosts[0], ecdsa: true);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var after = before;
        while (after == before && !patience.IsCancellationRequested) after = await SerialAsync(port, starttls);
        Assert.NotEqual(before, after);
        Assert.Equal(0, await old.GetMessageCountAsync(TestContext.Current.CancellationToken));
        await old.DisconnectAsync(true, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_bad_replacement_is_refused_and_the_old_one_is_served_until_a_good_one_comes()
    {
        await using var server = await ModusServer.StartAsync(ReloadOften);
        (int Port, string StartTls)[] doors = [(server.Port("smtp", TlsMode.OnDemand), "smtp"), (server.Port("pop3", TlsMode.Implicit), "")];
        var store = server.Running.Services.GetRequiredService<CertificateStore>();
        var before = await SerialAsync(doors[0].Port, "smtp");

        File.WriteAllText(Path.Combine(server.Folder, $"{Hosts[0]}-ecdsa.key"), "half a key");
        await UntilAsync(() => store.Faults.Count > 0);
        foreach (var (port, starttls) in doors) Assert.Equal(before, await SerialAsync(port, starttls));

        server.WriteCertificate(Hosts[0], ecdsa: true);
        await UntilAsync(() => store.Faults.Count == 0);
        var after = await SerialAsync(doors[0].Port, "smtp");
        Assert.NotEqual(before, after);
        Assert.Equal(after, await SerialAsync(doors[1].Port, ""));
    }

    private static void ReloadOften(JsonObject configuration) => configuration["tls"] = new JsonObject { ["reloadInterval"] = "1s" };

    // The reloader looks once a second; it is asked whether it has.
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!isSo()) await look.WaitForNextTickAsync(patience.Token);
    }

    private static async Task<string> SerialAsync(int port, string starttls)
    {
        List<string> arguments = ["s_client", "-connect", $"127.0.0.1:{port}", "-ign_eof"];
        if (starttls.Length > 0) arguments.AddRange(["-starttls", starttls]);
        var seen = await OutsideProgram.RunAsync("openssl", arguments, "QUIT\r\n");
        var serial = await OutsideProgram.RunAsync("openssl", ["x509", "-noout", "-serial"], seen.Output);
        return serial.Output;
    }

    private static async Task<string> ServedAsync(string address, int port, string starttls, string? name, string flags)
    {
        List<string> arguments = ["s_client", "-connect", $"{address}:{port}", "-ign_eof"];
        if (starttls.Length > 0) arguments.AddRange(["-starttls", starttls]);
        arguments.AddRange(name is null ? ["-noservername"] : ["-servername", name]);
        arguments.AddRange(flags.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var seen = await OutsideProgram.RunAsync("openssl", arguments, "QUIT\r\nQ LOGOUT\r\n"); // the end in SMTP and POP3, and in IMAP
        var certificate = await OutsideProgram.RunAsync("openssl", ["x509", "-noout", "-text"], seen.Output);
        return certificate.Output;
    }
}
