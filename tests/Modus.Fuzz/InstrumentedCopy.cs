using System.Diagnostics;
using SharpFuzz;

namespace Modus.Fuzz;

/// <summary>A copy of this program whose IMAP room tells which branches it takes.</summary>
internal static class InstrumentedCopy
{
    public const string Child = "--instrumented";

    public static async Task<int> RunAsync(string[] args)
    {
        var folder = Directory.CreateTempSubdirectory("modus-fuzz-");
        try
        {
            Copy(AppContext.BaseDirectory, folder.FullName);
            var types = Fuzzer.Instrument(
                Path.Combine(folder.FullName, "Modus.Protocols.dll"), static type => type.StartsWith("Modus.Protocols.Imap", StringComparison.Ordinal), Options.Value);
            Console.WriteLine($"{types.Count()} types are watched");
            var start = new ProcessStartInfo("dotnet", [Path.Combine(folder.FullName, "Modus.Fuzz.dll"), Child, .. args]);
            using var child = Process.Start(start)!;
            await child.WaitForExitAsync();
            return child.ExitCode;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
