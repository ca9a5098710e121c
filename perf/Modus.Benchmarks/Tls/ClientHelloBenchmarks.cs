using System.Buffers;
using BenchmarkDotNet.Attributes;
using Modus.Tls;

namespace Modus.Benchmarks.Tls;

/// <summary>What the peek costs: nothing but the name is allocated.</summary>
[MemoryDiagnoser]
public class ClientHelloBenchmarks
{
    private ReadOnlySequence<byte> _oneRecord;
    private ReadOnlySequence<byte> _twoRecords;

    [GlobalSetup]
    public async Task Setup()
    {
        var hello = await RecordedHello.CaptureAsync("mail.example.org");
        _oneRecord = new ReadOnlySequence<byte>(hello);
        _twoRecords = new ReadOnlySequence<byte>(RecordedHello.CutInTwo(hello));
        if (Read(_oneRecord) != "mail.example.org" || Read(_twoRecords) != "mail.example.org")
            throw new InvalidOperationException("The hello is not read.");
    }

    [Benchmark(Baseline = true)]
    public string? OneRecord() => Read(_oneRecord);

    [Benchmark]
    public string? CutIntoTwoRecords() => Read(_twoRecords);

    private static string? Read(in ReadOnlySequence<byte> bytes) =>
        new ClientHelloReader(64 * 1024).Read(bytes, out var hello) == ClientHelloStatus.Complete ? hello.ServerName : null;
}
