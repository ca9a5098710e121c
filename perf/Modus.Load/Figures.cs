using System.Globalization;
using System.Text.Json;

namespace Modus.Load;

/// <summary>What came out.</summary>
internal sealed class Figures(List<double> latencies, int failed, string? firstFault, TimeSpan elapsed, TimeSpan? serverCpu)
{
    private readonly double[] _sorted = [.. latencies.Order()];

    public int Done => _sorted.Length;

    public int Failed => failed;

    private double PerSecond => Done / elapsed.TotalSeconds;

    private double? CpuPerOperation => Done == 0 ? null : serverCpu?.TotalMilliseconds / Done;

    public string ToText(string what) => string.Create(CultureInfo.InvariantCulture,
        $"{what}: {Done} done, {failed} failed in {elapsed.TotalSeconds:F2} s; {PerSecond:F0}/s; ms p50 {At(0.5):F2}, p90 {At(0.9):F2}, p99 {At(0.99):F2}, max {At(1):F2}; server CPU {(CpuPerOperation is { } cpu ? cpu.ToString("F3", CultureInfo.InvariantCulture) : "?")} ms each{(firstFault is null ? "" : "; first fault: " + firstFault)}");

    public string ToJson(string what) => JsonSerializer.Serialize(new
    {
        what,
        done = Done,
        failed,
        firstFault,
        seconds = elapsed.TotalSeconds,
        perSecond = PerSecond,
        p50 = At(0.5),
        p90 = At(0.9),
        p99 = At(0.99),
        max = At(1),
        serverCpuMs = CpuPerOperation,
    });

    private double At(double part) => Done == 0 ? 0 : _sorted[Math.Min(Done - 1, (int)(Done * part))];
}
