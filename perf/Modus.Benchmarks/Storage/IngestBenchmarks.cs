using System.Diagnostics;
using BenchmarkDotNet.Attributes;

namespace Modus.Benchmarks.Storage;

/// <summary>
/// Messages of 16 KB, each durable in an INBOX before the next of its writer. The mean is the time per message of all
/// writers together; the CPU of the whole process per message is written when a case ends.
/// </summary>
[MemoryDiagnoser]
public class IngestBenchmarks
{
    private const int Messages = 2048;

    private StoreFixture _fixture = null!;
    private TimeSpan _cpuBefore;
    private long _delivered;

    [Params(1, 16, 64)]
    public int Writers { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(Writers);
        await DeliverAsync(); // compiled and warm before CPU is counted
        _delivered = 0;
        _cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        var cpu = Process.GetCurrentProcess().TotalProcessorTime - _cpuBefore;
        Console.WriteLine(FormattableString.Invariant(
            $"// {Writers} writers: {_delivered} messages, {cpu.TotalMilliseconds / _delivered:F3} CPU ms/message"));
        await _fixture.DisposeAsync();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public async Task DeliverAsync()
    {
        await Task.WhenAll(_fixture.Inboxes.Select(inbox => Task.Run(async () =>
        {
            for (var i = 0; i < Messages / Writers; i++) await _fixture.DeliverAsync(inbox);
        })));
        _delivered += Messages;
    }
}
