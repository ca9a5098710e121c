using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.EndToEnd.Tests.Dns;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary><c>modus tls check</c> against a whole server, and a real DNS that is signed, or is not.</summary>
[Collection(nameof(OneSetOfTlsContexts))]
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

    [Theory]
    [InlineData(true, true, "Verify", true)]
    [InlineData(true, false, "Verify", false)]
    [InlineData(false, true, "NotSigned", null)]
    public async Task The_keys_of_our_own_server_are_compared_with_their_records(bool isSigned, bool isWhole, string meaning, bool? matches)
    {
        await using var server = await ModusServer.StartAsync();
        var port = server.Port("smtp", TlsMode.OnDemand);
        var shown = await CheckAsync("tls", "check", $"127.0.0.1:{port}", "--protocol", "smtp", "--sni", "mail.alpha.test", "--trust", server.AuthorityFile);
        string[] keys = [KeyOf(shown, "ecdsa"), .. isWhole ? [KeyOf(shown, "rsa")] : Array.Empty<string>()];
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("alpha.test", $"mail A 127.0.0.1\n{string.Concat(keys.Select(key => $"_{port}._tcp.mail TLSA 3 1 1 {key}\n"))}") { IsSigned = isSigned });

        var report = await CheckAsync(
            "tls", "check", $"mail.alpha.test:{port}", "--protocol", "smtp", "--ip", "127.0.0.1", "--trust", server.AuthorityFile, "--config", Configure(server, zones));

        Assert.Equal(meaning, report.GetProperty("tlsa").GetString());
        Assert.Equal(matches, report.GetProperty("tlsaMatches").Deserialize<bool?>());
        Assert.Equal(matches ?? true, report.GetProperty("works").GetBoolean());
    }

    private static string KeyOf(JsonElement report, string kind) => report.GetProperty(kind).GetProperty("keySha256").GetString()!;

    private static string Configure(ModusServer server, SignedZones zones)
    {
        var configuration = JsonNode.Parse(File.ReadAllText(server.ConfigurationFile))!.AsObject();
        configuration["dns"] = new JsonObject { ["resolvers"] = new JsonArray($"{zones.EndPoint}"), ["trustAnchors"] = zones.TrustAnchorFile };
        var file = Path.Combine(server.Folder, "check.json");
        File.WriteAllText(file, configuration.ToJsonString());
        return file;
    }

    private static async Task<JsonElement> CheckAsync(params string[] command)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. command, "--json"], terminal, TestContext.Current.CancellationToken);
        Assert.True(code is ExitCode.Done or ExitCode.Fault && $"{error}".Length == 0, $"{output}{error}");
        return JsonDocument.Parse($"{output}").RootElement;
    }
}
