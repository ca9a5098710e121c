using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using MailKit.Net.Imap;
using MailKit.Security;
using Modus.Server.Cli;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>Three names on two local addresses, changed by command under a running server, seen by openssl on every port.</summary>
public sealed class ManagedCertificateTests
{
    private const string Alpha = "mail.alpha.test";
    private const string Beta = "mail.beta.test";
    private const string Gamma = "mail.gamma.test";
    private const string One = "127.0.0.1";
    private const string Two = "127.0.0.2";

    private static readonly string[] Names = [Alpha, Beta, Gamma];

    private static readonly (string Protocol, TlsMode Mode, string StartTls)[] Doors =
    [
        ("smtp", TlsMode.OnDemand, "smtp"), ("submission", TlsMode.OnDemand, "smtp"), ("submission", TlsMode.Implicit, ""),
        ("pop3", TlsMode.OnDemand, "pop3"), ("pop3", TlsMode.Implicit, ""), ("imap", TlsMode.OnDemand, "imap"), ("imap", TlsMode.Implicit, ""),
        ("https", TlsMode.Implicit, ""),
    ];

    [Fact]
    public async Task Commands_change_what_every_port_serves_and_no_session_ends()
    {
        await using var server = await ModusServer.StartAsync(WithoutCertificates);
        using var session = new ImapClient { ServerCertificateValidationCallback = static (_, _, _, _) => true };
        await session.ConnectAsync(One, server.Port("imap", TlsMode.Implicit), SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
        await session.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, TestContext.Current.CancellationToken);

        using var alpha = server.Certificates.Issue(Alpha);
        using var beta = server.Certificates.Issue(Beta);
        using var gamma = server.Certificates.Issue(Gamma);
        await ImportAsync(server, alpha, "alpha", "--default");
        await ImportAsync(server, beta, "beta", "--ip", Two);
        await ImportAsync(server, gamma, "gamma");
        foreach (var door in Doors)
        {
            // By name wherever that is bound to, else by address, else the default one.
            await AssertServedAsync(server, door, One, [alpha, alpha, alpha, gamma]);
            await AssertServedAsync(server, door, Two, [beta, alpha, beta, gamma]);
        }

        await RunAsync(server, "cert", "bind", "gamma", "--protocol", "imap", "--ip", One);
        await RunAsync(server, "cert", "bind", "beta", "--ip", "any", "--default");
        using var renewed = server.Certificates.Issue(Alpha);
        await ImportAsync(server, renewed, "alpha");
        foreach (var door in Doors)
        {
            var isImap = door.Protocol == "imap";
            await AssertServedAsync(server, door, One, [isImap ? gamma : beta, renewed, beta, isImap ? gamma : beta]);
            await AssertServedAsync(server, door, Two, [beta, renewed, beta, beta]);
        }

        await RunAsync(server, "cert", "remove", "gamma");
        await AssertServedAsync(server, Doors[^2], One, [beta, renewed, beta, beta]);
        await session.NoOpAsync(TestContext.Current.CancellationToken);
        Assert.True(session is { IsConnected: true, IsAuthenticated: true });
        await session.DisconnectAsync(true, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task What_was_put_is_there_after_a_restart_and_the_self_signed_one_is_not_missed()
    {
        await using var server = await ModusServer.StartAsync(WithoutCertificates);
        using var alpha = server.Certificates.Issue(Alpha);
        await ImportAsync(server, alpha, "alpha");
        await server.StartAgainAsync();

        await AssertServedAsync(server, Doors[0], One, [alpha, alpha, alpha, alpha]);
        Assert.Contains("served", await RunAsync(server, "cert", "list"), StringComparison.Ordinal);
        Assert.Contains("good for 89 days", await RunAsync(server, "cert", "check", "--name", Alpha), StringComparison.Ordinal);
        Assert.Contains("name; ECDSA is all there is", await RunAsync(server, "tls", "explain", "--sni", Alpha, "--protocol", "imap"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_private_authority_issues_and_what_is_requested_openssl_takes()
    {
        await using var server = await ModusServer.StartAsync(WithoutCertificates);
        var authority = Path.Combine(server.Folder, "authority.pem");
        var request = Path.Combine(server.Folder, "request.pem");
        var issued = Path.Combine(server.Folder, "issued.pem");
        await RunLoudAsync(server, "cert", "ca", "create", "gateways", "--permit", "alpha.test", "--out", authority);
        await RunLoudAsync(server, "cert", "csr", Alpha, "--as", "alpha", "--key", "rsa3072", "--subject", "O=Example, C=BE", "--out", request);
        await RunLoudAsync(server, "cert", "ca", "issue", "gateways", "--csr", request, "--out", issued);
        await RunAsync(server, "cert", "import", issued, "--for", "alpha");

        Assert.Contains("verify OK", (await OutsideProgram.RunAsync("openssl", ["req", "-in", request, "-noout", "-verify"])).Output, StringComparison.Ordinal);
        foreach (var purpose in new[] { "sslserver", "sslclient" })
        {
            var verified = await OutsideProgram.RunAsync(
                "openssl", ["verify", "-x509_strict", "-CAfile", authority, "-purpose", purpose, "-verify_hostname", Alpha, issued]);
            Assert.True(verified.ExitCode == 0, verified.Output);
        }

        var seen = await OutsideProgram.RunAsync(
            "openssl", ["s_client", "-connect", $"{One}:{server.Port("smtp", TlsMode.OnDemand)}", "-starttls", "smtp", "-servername", Alpha, "-CAfile", authority, "-verify_return_error", "-verify_hostname", Alpha], "QUIT\r\n");
        Assert.Contains("Verify return code: 0 (ok)", seen.Output, StringComparison.Ordinal);
    }

    private static void WithoutCertificates(JsonObject configuration)
    {
        configuration.Remove("certificates");
        foreach (var address in new[] { One, Two })
            configuration["listeners"]!.AsArray().Add(new JsonObject { ["protocol"] = "https", ["addresses"] = new JsonArray(address), ["port"] = 0 });
    }

    private static Task<string> ImportAsync(ModusServer server, X509Certificate2 certificate, string name, params string[] options)
    {
        var (file, key) = TestCertificates.WritePem(server.Folder, name, certificate);
        return RunAsync(server, ["cert", "import", file, "--key", key, "--as", name, .. options]);
    }

    // What comes next is on stderr.
    private static async Task RunLoudAsync(ModusServer server, params string[] arguments)
    {
        using var error = new StringWriter();
        var terminal = new Terminal { Out = TextWriter.Null, Error = error, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. arguments, "--config", server.ConfigurationFile], terminal, TestContext.Current.CancellationToken);
        Assert.True(code == ExitCode.Done, error.ToString());
    }

    private static async Task<string> RunAsync(ModusServer server, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. arguments, "--config", server.ConfigurationFile], terminal, TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Done, ""), (code, error.ToString()));
        return output.ToString();
    }

    // Without a name first, then with each.
    private static async Task AssertServedAsync(
        ModusServer server, (string Protocol, TlsMode Mode, string StartTls) door, string address, X509Certificate2[] expected)
    {
        var port = server.Port(door.Protocol, door.Mode, address);
        var served = await Task.WhenAll(Names.Prepend("").Select(name => ServedAsync(address, port, door.StartTls, name)));
        Assert.Equal((address, port, string.Join(' ', expected.Select(static one => one.SerialNumber))), (address, port, string.Join(' ', served)));
    }

    private static async Task<string> ServedAsync(string address, int port, string starttls, string name)
    {
        List<string> arguments = ["s_client", "-connect", $"{address}:{port}"];
        if (starttls.Length > 0) arguments.AddRange(["-starttls", starttls]);
        arguments.AddRange(name.Length == 0 ? ["-noservername"] : ["-servername", name]);
        var seen = await OutsideProgram.RunAsync("openssl", arguments, "");
        using var certificate = X509Certificate2.CreateFromPem(seen.Output);
        return certificate.SerialNumber;
    }
}
