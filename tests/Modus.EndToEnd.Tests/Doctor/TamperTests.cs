using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Doctor;

/// <summary>The tamper sensor on a whole server: what clients do on the wire, and what <c>modus doctor</c> says of it.</summary>
public sealed class TamperTests
{
    [Fact]
    public async Task S82_a_command_that_is_written_over_is_told_once_it_comes_again_and_again()
    {
        await using var server = await ModusServer.StartAsync(WithoutDns);
        for (var session = 0; session < 3; session++)
        {
            // Not by the doctor, who comes from the same network and has TLS.
            Assert.Empty(server.Running.Services.GetRequiredService<TamperSensor>().Find());
            await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
            Assert.StartsWith("500", await client.SayAsync("XXXXXXXX"), StringComparison.Ordinal);
        }

        Assert.Contains("word of X's", await ExamineAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task S82_clients_that_are_cut_off_and_come_back_in_clear_are_told_and_scanners_are_not()
    {
        await using var server = await ModusServer.StartAsync(WithoutDns);
        var port = server.Port("smtp", TlsMode.OnDemand);
        for (var scan = 0; scan < 20; scan++) await CutAsync(port);
        Assert.DoesNotContain("come back in clear", await ExamineAsync(server), StringComparison.Ordinal);

        for (var time = 0; time < 5; time++) // a handshake of the doctor may end at the server while the first one is under way, and clears it
        {
            await CutAsync(port);
            await using var client = await RawSmtp.ConnectAsync(port);
            await client.BeginAsync(ModusServer.Anna);
        }

        Assert.Contains("come back in clear", await ExamineAsync(server), StringComparison.Ordinal);

        await using (var good = await RawSmtp.ConnectAsync(port)) await good.StartTlsAsync("mail.alpha.test");
        Assert.DoesNotContain("come back in clear", await ExamineAsync(server), StringComparison.Ordinal);
    }

    // Nobody listens there, which is told at once: what the DNS says does not matter here.
    private static void WithoutDns(JsonObject configuration) =>
        configuration["dns"] = new JsonObject { ["resolvers"] = new JsonArray("127.0.0.1:1"), ["attempts"] = 1, ["timeout"] = "100ms" };

    // STARTTLS, and an end without a ClientHello; the server has seen it when it closes, too.
    private static async Task CutAsync(int port)
    {
        using var tcp = new TcpClient("127.0.0.1", port);
        await using var stream = tcp.GetStream();
        using var reader = new StreamReader(stream, Encoding.Latin1);
        await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync("EHLO client.test\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && line[3] == '-')
        {
            // the offer
        }

        await stream.WriteAsync("STARTTLS\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.StartsWith("220", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        tcp.Client.Shutdown(SocketShutdown.Send);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<string> ExamineAsync(ModusServer server)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var terminal = new Terminal { Out = output, Error = error, In = TextReader.Null };
        await ModusCommand.RunAsync(
            ["doctor", "--domain", "nothing.test", "--trust", server.AuthorityFile, "--json", "--config", server.ConfigurationFile],
            terminal, TestContext.Current.CancellationToken);
        Assert.True($"{error}".Length == 0, $"{error}");
        return string.Join('\n', JsonDocument.Parse($"{output}").RootElement.GetProperty("findings").EnumerateArray().Select(static one => $"{one.GetProperty("what")}"));
    }
}
