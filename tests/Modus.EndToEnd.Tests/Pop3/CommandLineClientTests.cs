using System.Diagnostics;
using System.Net;
using System.Text;
using Modus.EndToEnd.Tests.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Pop3;

/// <summary>curl and openssl, which check the certificate as well.</summary>
public sealed class CommandLineClientTests(Pop3Server pop3) : IClassFixture<Pop3Server>
{
    private const string Message = "Subject: curl\r\n\r\n.dot\r\nbody\r\n";

    [Theory]
    [InlineData("pop3s", TlsMode.Implicit)]
    [InlineData("pop3", TlsMode.OnDemand, "--ssl-reqd")]
    [InlineData("pop3", TlsMode.OnDemand, "--ssl-reqd", "--login-options", "AUTH=PLAIN")]
    public async Task Curl_fetches_a_message(string scheme, TlsMode mode, params string[] options)
    {
        var address = $"curl{Guid.NewGuid():N}@alpha.test";
        await pop3.AddAccountAsync(address, Encoding.ASCII.GetBytes(Message));
        var (exit, output) = await CurlAsync(scheme, mode, "1", address, options);
        Assert.Equal(0, exit);
        Assert.Equal(Message, output);

        (exit, output) = await CurlAsync(scheme, mode, "", address, options);
        Assert.Equal(0, exit);
        Assert.Equal($"1 {Message.Length}\r\n", output);
    }

    [Fact]
    public async Task Curl_does_not_get_in_without_tls()
    {
        var (exit, _) = await CurlAsync("pop3", TlsMode.OnDemand, "", ModusServer.Anna);
        Assert.Equal(67, exit); // CURLE_LOGIN_DENIED
    }

    [Theory]
    [InlineData(TlsMode.OnDemand, "-starttls pop3")]
    [InlineData(TlsMode.Implicit, "")]
    public async Task Openssl_gets_tls_and_the_list_of_capabilities(TlsMode mode, string options)
    {
        var server = new IPEndPoint(IPAddress.Loopback, pop3.Server.Port("pop3", mode));
        var said = await OpenSsl.ConnectAsync(
            server,
            $"{options} -crlf -CAfile {pop3.Server.AuthorityFile} -servername mail.alpha.test -verify_hostname mail.alpha.test",
            "CAPA\nQUIT\n");

        Assert.Contains("Verify return code: 0 (ok)", said, StringComparison.Ordinal);
        Assert.Contains("SASL SCRAM-SHA-256", said, StringComparison.Ordinal);
        Assert.DoesNotContain("STLS", said.Split("Verify return code")[^1], StringComparison.Ordinal);
        Assert.Contains("+OK Bye", said, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output)> CurlAsync(string scheme, TlsMode mode, string path, string user, params string[] options)
    {
        var port = pop3.Server.Port("pop3", mode);
        var start = new ProcessStartInfo("curl") { RedirectStandardOutput = true };
        string[] arguments =
        [
            "--silent", "--max-time", "30", "--cacert", pop3.Server.AuthorityFile, "--resolve", $"mail.alpha.test:{port}:127.0.0.1",
            .. options, "--user", $"{user}:{ModusServer.Password}", $"{scheme}://mail.alpha.test:{port}/{path}",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
