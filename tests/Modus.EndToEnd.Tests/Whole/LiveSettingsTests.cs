using System.Net.Sockets;
using System.Text;
using Modus.EndToEnd.Tests.Outbound;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>Settings that commands change under a running server, seen on its sockets and by openssl.</summary>
public sealed class LiveSettingsTests
{
    private static readonly (string Protocol, string Key, string Refusal, string Ask)[] Protocols =
    [
        ("smtp", "smtp.encryption", "502 5.5.1", "STARTTLS"),
        ("submission", "smtp.encryption", "502 5.5.1", "STARTTLS"),
        ("pop3", "pop3.encryption", "-ERR", "STLS"),
        ("imap", "imap.encryption", "a BAD", "a STARTTLS"),
    ];

    [Fact]
    public async Task Encryption_is_switched_for_new_connections_and_open_ones_go_on()
    {
        await using var server = await ModusServer.StartAsync();
        foreach (var (protocol, key, refusal, ask) in Protocols)
        {
            using var before = await OpenAsync(server, protocol);
            await RunAsync(server, "config", "set", key, "false");
            Assert.StartsWith(refusal, await AskAsync(server, protocol, ask), StringComparison.Ordinal);
            if (protocol != "smtp") Assert.Equal(0, await ReadFirstAsync(server.Port(protocol, TlsMode.Implicit)));
            Assert.DoesNotContain(refusal, await SayAsync(before, ask), StringComparison.Ordinal); // it upgrades as it could when it began

            await RunAsync(server, "config", "set", key, "true");
            Assert.DoesNotContain(refusal, await AskAsync(server, protocol, ask), StringComparison.Ordinal);
            if (protocol != "smtp") Assert.True(await ShakesHandsAsync(server.Port(protocol, TlsMode.Implicit), "-tls1_2"));
        }
    }

    [Fact]
    public async Task The_least_version_goes_up_and_down()
    {
        await using var server = await ModusServer.StartAsync(static file => file["tls"] = new System.Text.Json.Nodes.JsonObject { ["minimumVersion"] = "1.3" });
        var port = server.Port("imap", TlsMode.Implicit);
        Assert.False(await ShakesHandsAsync(port, "-tls1_2"));
        await RunAsync(server, "config", "set", "tls.minimumVersion", "1.2");
        Assert.True(await ShakesHandsAsync(port, "-tls1_2"));
        await RunAsync(server, "config", "unset", "tls.minimumVersion");
        Assert.False(await ShakesHandsAsync(port, "-tls1_2"));
        Assert.True(await ShakesHandsAsync(port, "-tls1_3"));
    }

    [Fact]
    public async Task What_was_set_counts_after_a_restart_and_ports_that_were_closed_then_are_named()
    {
        await using var server = await ModusServer.StartAsync();
        await RunAsync(server, "config", "set", "pop3.encryption", "false");
        await server.StartAgainAsync();
        Assert.DoesNotContain(server.Running.Doors.Opened, static door => door.Listener is { Protocol: Modus.Server.Configuration.ListenerProtocol.Pop3, Tls: TlsMode.Implicit });
        Assert.Contains("open at the next one", await RunAsync(server, "config", "unset", "pop3.encryption"), StringComparison.Ordinal);
        Assert.StartsWith("+OK", await AskAsync(server, "pop3", "STLS", TlsMode.None), StringComparison.Ordinal);

        var history = (await RunAsync(server, "config", "history")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, history.Length);
        Assert.EndsWith("false  -", history[1].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains(Environment.UserName, history[1], StringComparison.Ordinal);
        Assert.EndsWith("-      false", history[2].TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_changes_its_mode_and_its_least_version_and_open_connections_go_on()
    {
        var port = FreePort.On("127.0.0.1");
        await using var server = await ModusServer.StartAsync(file => file["listeners"]!.AsArray().Add(
            new System.Text.Json.Nodes.JsonObject { ["protocol"] = "pop3", ["addresses"] = new System.Text.Json.Nodes.JsonArray("127.0.0.1"), ["port"] = port, ["tls"] = "on-demand" }));
        using var before = await OpenAsync(port);
        await RunAsync(server, "config", "set", $"listeners.{port}.tls", "implicit");
        Assert.True(await ShakesHandsAsync(port, "-tls1_2"));
        Assert.StartsWith("+OK", await SayAsync(before, "STLS"), StringComparison.Ordinal); // as it could when it began

        await RunAsync(server, "config", "set", $"listeners.{port}.minimumVersion", "1.3");
        Assert.False(await ShakesHandsAsync(port, "-tls1_2"));
        Assert.True(await ShakesHandsAsync(port, "-tls1_3"));
        Assert.True(await ShakesHandsAsync(server.Port("imap", TlsMode.Implicit), "-tls1_2")); // no other listener's
        await server.StartAgainAsync();
        Assert.False(await ShakesHandsAsync(port, "-tls1_2"));
        Assert.Contains("\"minimumVersion\": \"1.3\"", await ShowAsync(server), StringComparison.Ordinal);

        await RunAsync(server, "config", "set", $"listeners.{port}.tls", "none");
        using (var clear = await OpenAsync(port)) Assert.StartsWith("-ERR", await SayAsync(clear, "STLS"), StringComparison.Ordinal);
        await RunAsync(server, "config", "unset", $"listeners.{port}.tls");
        using (var asBefore = await OpenAsync(port)) Assert.StartsWith("+OK", await SayAsync(asBefore, "STLS"), StringComparison.Ordinal);
        Assert.Contains($"listeners.{port}.tls             on-demand  configuration", await RunAsync(server, "config", "get"), StringComparison.Ordinal);
    }

    private static async Task<string> ShowAsync(ModusServer server)
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = TextWriter.Null, In = TextReader.Null };
        await ModusCommand.RunAsync(["config", "show", "--config", server.ConfigurationFile], terminal, TestContext.Current.CancellationToken);
        return output.ToString();
    }

    private static async Task<TcpClient> OpenAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        await ReadLineAsync(client.GetStream());
        return client;
    }

    private static async Task<string> AskAsync(ModusServer server, string protocol, string command, TlsMode mode = TlsMode.OnDemand)
    {
        using var client = await OpenAsync(server, protocol, mode);
        return await SayAsync(client, command);
    }

    // Greeted, and by EHLO where that is the custom.
    private static async Task<TcpClient> OpenAsync(ModusServer server, string protocol, TlsMode mode = TlsMode.OnDemand)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Port(protocol, mode), TestContext.Current.CancellationToken);
        await ReadLineAsync(client.GetStream());
        if (protocol is not ("smtp" or "submission")) return client;
        var line = await SayAsync(client, "EHLO client.test");
        while (line[3] == '-') line = await ReadLineAsync(client.GetStream());
        return client;
    }

    private static async Task<string> SayAsync(TcpClient client, string command)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), TestContext.Current.CancellationToken);
        return await ReadLineAsync(client.GetStream());
    }

    private static async Task<string> ReadLineAsync(NetworkStream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (one[0] != '\n' && await stream.ReadAsync(one, TestContext.Current.CancellationToken) > 0) line.Append((char)one[0]);
        return line.ToString();
    }

    private static async Task<int> ReadFirstAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port, TestContext.Current.CancellationToken);
        return await client.GetStream().ReadAsync(new byte[1], TestContext.Current.CancellationToken);
    }

    private static async Task<bool> ShakesHandsAsync(int port, string version) =>
        (await OutsideProgram.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{port}", version])).Output.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal);

    private static async Task<string> RunAsync(ModusServer server, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        var code = await ModusCommand.RunAsync([.. arguments, "--config", server.ConfigurationFile], terminal, TestContext.Current.CancellationToken);
        Assert.Equal((ExitCode.Done, ""), (code, error.ToString()));
        return output.ToString();
    }
}
