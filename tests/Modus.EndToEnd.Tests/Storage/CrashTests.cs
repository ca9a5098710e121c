using System.Diagnostics;
using System.Globalization;
using Modus.Storage.Embedded;
using Xunit;

namespace Modus.EndToEnd.Tests.Storage;

/// <summary>
/// Durability as it is promised: a process is killed with SIGKILL under load at random moments, again and again on the
/// same store. MODUS_CRASH_KILLS says how often (10), MODUS_CRASH_SEED repeats the moments of another run.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private const int KillsPerStore = 5; // then a new store, so that reading everything back stays short

    [Fact]
    public async Task Whatever_was_acknowledged_before_a_kill_is_there_once_and_bit_exact()
    {
        var kills = Number("MODUS_CRASH_KILLS") ?? 10;
        var seed = Number("MODUS_CRASH_SEED") ?? Random.Shared.Next();
        output.WriteLine($"{kills} kills, seed {seed}");
        var random = new Random(seed);
        var folder = "";
        var ledger = new CrashLedger();
        var acknowledged = 0;
        try
        {
            for (var kill = 0; kill < kills; kill++)
            {
                if (kill % KillsPerStore == 0)
                {
                    Remove(folder);
                    folder = Directory.CreateTempSubdirectory("modus-crash-").FullName;
                    ledger = new CrashLedger();
                }

                await LoadAndKillAsync(folder, random, ledger);
                await using var store = await EmbeddedStore.OpenAsync(
                    CrashLoad.Options(folder) with { CompactionInterval = TimeSpan.Zero }, null, null, TestContext.Current.CancellationToken);
                await ledger.CompareAsync(store);
                output.WriteLine($"kill {kill + 1}: {ledger.Acknowledged} acknowledged, {ledger.Expunged} expunged so far");
                acknowledged = Math.Max(acknowledged, ledger.Acknowledged);
            }

            Assert.True(acknowledged > 0, "no load got far enough to be acknowledged anything");
        }
        finally
        {
            Remove(folder);
        }
    }

    private static async Task LoadAndKillAsync(string folder, Random random, CrashLedger ledger)
    {
        using var load = Process.Start(StartOf(folder, random.Next())) ?? throw new InvalidOperationException("no process");
        var killAfter = TimeSpan.FromMilliseconds(random.Next(20, 1200));
        Task? kill = null;
        while (await load.StandardOutput.ReadLineAsync() is { } line)
        {
            kill ??= KillAsync(load, killAfter); // counted from the first line, when the load is really on
            ledger.Read(line);
        }

        await load.WaitForExitAsync();
        Assert.NotNull(kill);
        await kill;
    }

    private static async Task KillAsync(Process load, TimeSpan after)
    {
        using var timer = new PeriodicTimer(after);
        await timer.WaitForNextTickAsync();
        Assert.False(load.HasExited, "the load ended by itself");
        load.Kill();
    }

    private static ProcessStartInfo StartOf(string folder, int seed)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("no path of this process");
        var isHost = Path.GetFileNameWithoutExtension(self) == "dotnet";
        string[] program = isHost ? [typeof(CrashTests).Assembly.Location] : [];
        return new ProcessStartInfo(self, [.. program, CrashLoad.Verb, folder, seed.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Remove(string folder)
    {
        if (folder.Length > 0) Directory.Delete(folder, recursive: true);
    }
}
