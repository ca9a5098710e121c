using System.Globalization;

namespace Modus.Load;

/// <summary>What /proc tells of the server's process.</summary>
internal static class ServerProcess
{
    private const int TicksPerSecond = 100; // USER_HZ, the same on every Linux that .NET runs on

    /// <summary>User and system time so far; null without a process.</summary>
    public static TimeSpan? Cpu(int? pid)
    {
        if (pid is null) return null;
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from field 3 on, the state
        return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / (double)TicksPerSecond);
    }

    /// <summary>Resident memory in bytes; null without a process.</summary>
    public static long? Memory(int? pid) =>
        pid is null ? null : 1024 * Number(File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1]);

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
