using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>The document of an installation beside a running server, and before a validator that others wrote.</summary>
public sealed class InstallationTests
{
    private const string Partner = "127.0.0.9";

    private const string Validator = """
        import json, sys
        from jsonschema import Draft202012Validator
        schema, document = (json.load(open(name)) for name in sys.argv[1:3])
        Draft202012Validator.check_schema(schema)
        for error in Draft202012Validator(schema).iter_errors(document): print("/".join(str(part) for part in error.path))
        """;

    [Fact]
    public async Task A_validator_of_others_takes_the_exported_document_and_finds_what_is_wrong_where_we_do()
    {
        await using var server = await ModusServer.StartAsync();
        await RunAsync(server, "cert", "selfsign", "mail.alpha.test");
        await RunAsync(server, "dkim", "create", "alpha.test");
        await RunAsync(server, "peer", "add", "bank", "--network", "192.0.2.0/24", "--direction", "in");
        await RunAsync(server, "vpn", "add", "c.example", "--domain", "c.example", "--pin", new string('a', 64));
        var (schema, file) = (Path.Combine(server.Folder, "schema.json"), Path.Combine(server.Folder, "whole.json"));
        await File.WriteAllTextAsync(schema, await RunAsync(server, "config", "schema"), TestContext.Current.CancellationToken);
        await RunAsync(server, "config", "export", file, "--with-secrets");
        Assert.Equal((0, ""), await OutsideProgram.RunAsync("python3", ["-c", Validator, schema, file]));

        var document = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        document["accounts"]![0]!["quota"] = "much";
        document["peers"]![0]!["level"] = "some";
        document["partners"]![0]!["keys"] = new JsonArray();
        document["dkim"]![0]!["unknown"] = 1;
        await File.WriteAllTextAsync(file, document.ToJsonString(), TestContext.Current.CancellationToken);
        var theirs = (await OutsideProgram.RunAsync("python3", ["-c", Validator, schema, file])).Output;
        Assert.Equal(["accounts/0/quota", "dkim/0", "partners/0/keys", "peers/0/level"], theirs.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        var ours = await RunAsync(server, ExitCode.Configuration, "config", "validate", file);
        foreach (var place in (string[])["accounts[0].quota", "peers[0].level", "partners[0].keys", "dkim[0].unknown"]) Assert.Contains($"{place}: ", ours, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_counts_at_once_and_drops_no_connection_and_so_does_its_rollback()
    {
        await using var server = await ModusServer.StartAsync();
        using var before = await OpenAsync(server.Port("pop3", TlsMode.OnDemand));
        using var mail = await OpenAsync(server.Port("smtp", TlsMode.OnDemand), Partner);
        await SayAsync(mail, "HELO client.test");
        var file = Path.Combine(server.Folder, "wish.json");
        await File.WriteAllTextAsync(
            file,
            """
            { "format": "modus-installation", "version": 1,
              "settings": [ { "key": "pop3.encryption", "value": "false" } ],
              "peers": [ { "name": "here", "network": "127.0.0.9/32", "direction": "in", "level": "encrypt" } ],
              "aliases": [ { "address": "info@alpha.test", "targets": [ "anna@alpha.test" ] } ] }
            """,
            TestContext.Current.CancellationToken);

        var done = await RunAsync(server, "config", "import", file);
        using (var after = await OpenAsync(server.Port("pop3", TlsMode.OnDemand))) Assert.StartsWith("-ERR", await SayAsync(after, "STLS"), StringComparison.Ordinal);
        using (var forced = await OpenAsync(server.Port("smtp", TlsMode.OnDemand), Partner))
        {
            await SayAsync(forced, "HELO client.test");
            Assert.StartsWith("530 5.7.0", await SayAsync(forced, "MAIL FROM:<a@elsewhere.example>"), StringComparison.Ordinal);
        }

        Assert.StartsWith("+OK", await SayAsync(before, "STLS"), StringComparison.Ordinal);
        Assert.StartsWith("250", await SayAsync(mail, "NOOP"), StringComparison.Ordinal);

        await RunAsync(server, "config", "rollback", done.Split("rollback ")[1].Split('`')[0]);
        using (var again = await OpenAsync(server.Port("pop3", TlsMode.OnDemand))) Assert.StartsWith("+OK", await SayAsync(again, "STLS"), StringComparison.Ordinal);
        using (var free = await OpenAsync(server.Port("smtp", TlsMode.OnDemand), Partner))
        {
            await SayAsync(free, "HELO client.test");
            Assert.StartsWith("250", await SayAsync(free, "MAIL FROM:<a@elsewhere.example>"), StringComparison.Ordinal);
            Assert.StartsWith("550", await SayAsync(free, "RCPT TO:<info@alpha.test>"), StringComparison.Ordinal);
        }

        Assert.StartsWith("250", await SayAsync(mail, "NOOP"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_account_logs_in_with_its_password_on_another_machine()
    {
        await using var here = await ModusServer.StartAsync();
        var file = Path.Combine(here.Folder, "whole.json");
        await RunAsync(here, "config", "export", file, "--with-secrets");
        await using var there = await ModusServer.StartAsync();
        await RunAsync(there, "config", "import", Write(there, """{ "format": "modus-installation", "version": 1, "accounts": [], "domains": [] }"""), "--delete");
        await RunAsync(there, "config", "import", file);

        using var client = new MailKit.Net.Imap.ImapClient { ServerCertificateValidationCallback = (_, _, _, _) => true };
        await client.ConnectAsync("127.0.0.1", there.Port("imap", TlsMode.Implicit), MailKit.Security.SecureSocketOptions.SslOnConnect, TestContext.Current.CancellationToken);
        await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, TestContext.Current.CancellationToken);
        Assert.True(client.IsAuthenticated);
        await client.DisconnectAsync(true, TestContext.Current.CancellationToken);
    }

    private static string Write(ModusServer server, string text)
    {
        var file = Path.Combine(server.Folder, "nothing.json");
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task<TcpClient> OpenAsync(int port, string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        await ReadLineAsync(client);
        return client;
    }

    private static async Task<string> SayAsync(TcpClient client, string command)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), TestContext.Current.CancellationToken);
        return await ReadLineAsync(client);
    }

    private static async Task<string> ReadLineAsync(TcpClient client)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (one[0] != '\n' && await client.GetStream().ReadAsync(one, TestContext.Current.CancellationToken) > 0) line.Append((char)one[0]);
        return line.ToString();
    }

    private static Task<string> RunAsync(ModusServer server, params string[] arguments) => RunAsync(server, ExitCode.Done, arguments);

    private static async Task<string> RunAsync(ModusServer server, int expected, params string[] arguments)
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = output, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. arguments, "--config", server.ConfigurationFile], terminal, TestContext.Current.CancellationToken);
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: {code} {output}");
        return output.ToString();
    }
}
