using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>The program as a process: <c>modus try</c>, <c>modus run</c>, and commands beside it.</summary>
public sealed class ProgramTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Try_carries_mail_over_every_leg_and_says_so_in_JSON()
    {
        var (code, said) = await ModusAsync("try", "--once", "--any-port", "--json");
        Assert.True(code == 0, said);
        var shown = JsonDocument.Parse(said).RootElement;
        foreach (var part in new[] { "endpoints", "accounts", "certificates", "legs" })
            Assert.True(shown.GetProperty(part).GetArrayLength() > 0, part);
        Assert.All(shown.GetProperty("legs").EnumerateArray(), leg =>
        {
            Assert.True(leg.GetProperty("worked").GetBoolean(), $"{leg}");
            Assert.Contains("1.3", leg.GetProperty("tlsVersion").GetString(), StringComparison.Ordinal);
        });
        Assert.EndsWith(".pem", shown.GetProperty("certificateAuthority").GetString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(shown.GetProperty("folder").GetString()), "the folder goes with it");
    }

    [Fact]
    public async Task Try_shows_a_table_for_people()
    {
        var (code, said) = await ModusAsync("try", "--once", "--any-port");
        Assert.True(code == 0, said);
        Assert.Contains("POP3S", said, StringComparison.Ordinal);
        Assert.Contains("STARTTLS", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_do_the_same_beside_a_running_server_and_without_one()
    {
        await using var setup = await SetUpAsync();
        var alone = await ListAccountsAsync(setup);
        using (var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1))
        {
            Assert.Equal(alone, await ListAccountsAsync(setup));
            var added = await ModusAsync("alias", "add", "info@alpha.test", ModusServer.Anna, "--config", setup.ConfigurationFile);
            Assert.Equal(0, added.ExitCode);
            Assert.Equal(1, (await ModusAsync("alias", "add", "info@alpha.test", ModusServer.Anna, "--config", setup.ConfigurationFile)).ExitCode);
            Assert.Equal(0, (await ModusAsync("store", "verify", "--config", setup.ConfigurationFile)).ExitCode);

            await using var client = await RawSmtp.ConnectAsync(server.Ports[0]);
            await client.BeginAsync("info@alpha.test");
            Assert.StartsWith("250", await client.DataAsync("\r\n"u8.ToArray()), StringComparison.Ordinal);

            // Killed: the socket file stays behind and must not be in the way.
            await server.KillAsync();
        }

        var aliases = await ModusAsync("alias", "list", "--json", "--config", setup.ConfigurationFile);
        Assert.Contains("info@alpha.test", aliases.Output, StringComparison.Ordinal);
        using var again = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
        Assert.Contains("info@alpha.test", (await ModusAsync("alias", "list", "--config", setup.ConfigurationFile)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_store_is_refused_with_the_reason()
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
        var (code, said) = await ModusAsync("run", "--config", setup.ConfigurationFile);
        Assert.Equal(4, code);
        Assert.Contains(setup.DataFolder, said, StringComparison.Ordinal);
        Assert.Contains($"process {server.Id} on ", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task A_stop_lets_a_running_message_finish_and_says_421(string signal)
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
        await using var idle = await RawSmtp.ConnectAsync(server.Ports[0]);
        await using var busy = await RawSmtp.ConnectAsync(server.Ports[0]);
        await busy.BeginAsync(ModusServer.Anna);
        await busy.SayAsync("DATA");

        var stopped = server.StopAsync(signal);
        Assert.StartsWith("421 4.3.2", await idle.ReadReplyAsync(), StringComparison.Ordinal);
        await busy.WriteAsync("Subject: last\r\n\r\n.\r\n"u8.ToArray());
        Assert.StartsWith("250 2.0.0 Ok: queued", await busy.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.3.2", await busy.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
        await Assert.ThrowsAnyAsync<SocketException>(() => RawSmtp.ConnectAsync(server.Ports[0]));
    }

    [Fact]
    public async Task A_stop_lets_transactions_finish_in_TLS_and_between_chunks_too()
    {
        await using var setup = await SetUpAsync();
        using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
        await using var idle = await RawSmtp.ConnectAsync(server.Ports[0]);
        await using var inData = await RawSmtp.ConnectAsync(server.Ports[0]);
        await inData.StartTlsAsync("mail.alpha.test");
        await inData.BeginAsync(ModusServer.Anna);
        await inData.SayAsync("DATA");
        await using var afterRcpt = await RawSmtp.ConnectAsync(server.Ports[0]);
        await afterRcpt.StartTlsAsync("mail.alpha.test");
        await afterRcpt.BeginAsync(ModusServer.Anna);
        await using var inChunks = await RawSmtp.ConnectAsync(server.Ports[0]);
        await inChunks.BeginAsync(ModusServer.Anna);
        Assert.StartsWith("250", await inChunks.SayAsync("BDAT 2\r\n"), StringComparison.Ordinal); // its CRLF is the chunk

        var stopped = server.StopAsync();
        Assert.StartsWith("421 4.3.2", await idle.ReadReplyAsync(), StringComparison.Ordinal);
        await inData.WriteAsync("Subject: last\r\n\r\n.\r\n"u8.ToArray());
        Assert.StartsWith("250 2.0.0 Ok: queued", await inData.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Ok: queued", await afterRcpt.DataAsync("\r\n"u8.ToArray()), StringComparison.Ordinal);
        await inChunks.WriteAsync("BDAT 2 LAST\r\n\r\n"u8.ToArray());
        Assert.StartsWith("250 2.0.0 Ok: queued", await inChunks.ReadReplyAsync(), StringComparison.Ordinal);
        foreach (var client in new[] { inData, afterRcpt, inChunks })
            Assert.StartsWith("421 4.3.2", await client.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await stopped);
    }

    [Fact]
    public async Task Faults_of_the_configuration_are_all_named_at_once()
    {
        await using var setup = await SetUpAsync();
        await File.WriteAllTextAsync(setup.ConfigurationFile, """{ "hostname": "no host", "listeners": [ { "protocol": "smpt", "port": 99999 } ], "sntp": 1 }""", Cancellation);
        var (code, said) = await ModusAsync("run", "--config", setup.ConfigurationFile);
        Assert.Equal(3, code);
        foreach (var path in new[] { "hostname", "listeners[0].protocol", "listeners[0].port", "sntp" })
            Assert.Contains(path, said, StringComparison.Ordinal);
    }

    private static async Task<ModusServer> SetUpAsync()
    {
        var setup = await ModusServer.StartAsync(c =>
        {
            c["listeners"] = new JsonArray(new JsonObject
            {
                ["protocol"] = "smtp", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0, ["tls"] = "on-demand",
            });
            c["http"] = new JsonObject { ["enabled"] = false };
        });
        await setup.StopAsync();
        return setup;
    }

    private static async Task<string> ListAccountsAsync(ModusServer setup)
    {
        var (code, said) = await ModusAsync("account", "list", "--json", "--config", setup.ConfigurationFile);
        Assert.True(code == 0, said);
        JsonDocument.Parse(said);
        return said;
    }

    private static Task<(int ExitCode, string Output)> ModusAsync(params string[] arguments) =>
        OutsideProgram.RunAsync("dotnet", [Path.Combine(AppContext.BaseDirectory, "modus.dll"), .. arguments]);
}
