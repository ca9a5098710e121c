using System.Text.Json;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary><c>modus tls check</c> against a whole server.</summary>
public sealed class TlsCheckTests
{
    [Fact]
    public async Task Every_port_of_our_own_server_is_found_good_and_resumes()
    {
        await using var server = await ModusServer.StartAsync();
        (string Protocol, string Listener, TlsMode Mode)[] ports =
        [
            ("smtp", "smtp", TlsMode.OnDemand), ("submission", "submission", TlsMode.OnDemand), ("smtps", "submission", TlsMode.Implicit),
            ("pop3", "pop3", TlsMode.OnDemand), ("pop3s", "pop3", TlsMode.Implicit), ("imap", "imap", TlsMode.OnDemand), ("imaps", "imap", TlsMode.Implicit),
        ];
        foreach (var (protocol, listener, mode) in ports)
        {
            using var output = new StringWriter();
            var terminal = new Terminal { Out = output, Error = output, In = TextReader.Null };

            var code = await ModusCommand.RunAsync(
                [
                    "tls", "check", $"127.0.0.1:{server.Port(listener, mode)}", "--protocol", protocol, "--sni", "mail.alpha.test",
                    "--trust", server.AuthorityFile, "--json",
                ],
                terminal,
                TestContext.Current.CancellationToken);

            Assert.True(code == ExitCode.Done, $"{protocol}: {output}");
            var report = JsonDocument.Parse($"{output}").RootElement;
            Assert.True(report.GetProperty("tls13").GetBoolean());
            Assert.True(report.GetProperty("resumed").GetBoolean(), $"{protocol}: {output}");
        }
    }
}
