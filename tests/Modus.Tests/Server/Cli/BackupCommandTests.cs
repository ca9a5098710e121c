using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus backup</c> and <c>modus restore</c>, without a server and beside one.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly TemporaryFolder _store = new();
    private readonly TemporaryFolder _place = new();

    private string Target => Path.Combine(_place.Path, "backups");

    public void Dispose()
    {
        _store.Dispose();
        _place.Dispose();
    }

    [Fact]
    public async Task A_store_is_backed_up_listed_checked_and_restored()
    {
        await Succeed("domain", "add", "example.com", "--data", _store.Path);

        var made = (await Succeed("backup", Target, "--data", _store.Path, "--json")).Json;
        var listed = Assert.Single((await Succeed("backup", "list", Target, "--json")).Json.EnumerateArray());
        var check = (await Succeed("backup", "check", Target, "--json")).Json;
        var folder = Path.Combine(_place.Path, "restored");
        var restored = (await Succeed("restore", Target, folder, "--hold-queue", "--json")).Json;

        Assert.Equal(made.GetProperty("generation").GetString(), listed.GetProperty("generation").GetString());
        Assert.Equal(ModusHost.Version, listed.GetProperty("version").GetString());
        Assert.Empty(check.GetProperty("faults").EnumerateArray());
        Assert.Equal(folder, restored.GetProperty("folder").GetString());
        var domain = Assert.Single((await Succeed("domain", "list", "--data", folder, "--json")).Json.EnumerateArray());
        Assert.Equal("example.com", domain.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Beside_a_running_server_its_keys_and_its_configuration_come_along_and_what_does_not_is_said()
    {
        await using var server = await TestServer.StartAsync();

        var made = await Succeed("backup", Target, "--config", server.ConfigurationFile, "--keep", "3");
        var restored = Path.Combine(_place.Path, "restored");
        var shown = await Succeed("restore", Target, restored);

        Assert.Contains("such as PEM files and passwords, are not part", made.Out, StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllTextAsync(server.ConfigurationFile, TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(restored, "modus.json.restored"), TestContext.Current.CancellationToken));
        Assert.Contains("modus.json.restored", shown.Out, StringComparison.Ordinal);
        var key = Path.Combine("tls", "self-signed-ecdsa.key");
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(server.DataFolder, key), TestContext.Current.CancellationToken),
            await File.ReadAllTextAsync(Path.Combine(restored, key), TestContext.Current.CancellationToken));
        await Succeed("backup", Target, "--config", server.ConfigurationFile); // the hold of the first one has ended, and so has its lock
    }

    [Fact]
    public async Task A_damaged_backup_is_said_with_exit_code_1()
    {
        await Succeed("domain", "add", "example.com", "--data", _store.Path);
        var generation = (await Succeed("backup", Target, "--data", _store.Path, "--json")).Json.GetProperty("generation").GetString()!;
        var database = Path.Combine(Target, "generations", generation, "store.db");
        await File.AppendAllTextAsync(database, "x", TestContext.Current.CancellationToken);

        var check = await RunAsync("backup", "check", Target);
        var restore = await RunAsync("restore", Target, Path.Combine(_place.Path, "restored"));

        Assert.Equal((ExitCode.Fault, ExitCode.Fault), (check.Code, restore.Code));
        Assert.Contains("FAULT: the database is damaged", check.Out, StringComparison.Ordinal);
        Assert.Contains("the database is damaged", restore.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_said_with_what_to_do()
    {
        var none = await RunAsync("backup", "list", Path.Combine(_place.Path, "nothing"));
        var inside = await RunAsync("backup", Path.Combine(_store.Path, "backups"), "--data", _store.Path);
        var keepNone = await RunAsync("backup", Target, "--keep", "0", "--data", _store.Path);

        Assert.Equal(ExitCode.Fault, none.Code);
        Assert.Contains("Name the folder that `modus backup` wrote", none.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, inside.Code);
        Assert.Contains("on another disk", inside.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, keepNone.Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync("backup")).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync("restore", Target)).Code);
    }

    private static Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync("", args);

    private static async Task<CommandRun> Succeed(params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.Code == 0, $"{string.Join(' ', args)}: {run.Code} {run.Error}{run.Out}");
        return run;
    }
}
