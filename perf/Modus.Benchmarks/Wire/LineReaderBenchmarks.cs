using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;

namespace Modus.Benchmarks.Wire;

/// <summary>Lines cut out of a connection that has them all buffered.</summary>
[MemoryDiagnoser]
public class LineReaderBenchmarks : IDisposable
{
    private const int Lines = 1000;

    private static readonly byte[] Line = "RCPT TO:<anna@example.com>\r\n"u8.ToArray();

    private InMemoryConnection _connection = null!;
    private WireConnection _wire = null!;
    private LineReader _reader = null!;

    [GlobalSetup]
    public void Setup()
    {
        _connection = new InMemoryConnection();
        _wire = new WireConnection(_connection.Server, TimeProvider.System);
        _reader = new LineReader(_wire);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _wire.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Lines)]
    public async Task<int> ReadLines()
    {
        var count = 0;
        for (var i = 0; i < Lines; i++)
        {
            PipeWriter output = _connection.Output;
            Line.CopyTo(output.GetSpan(Line.Length));
            output.Advance(Line.Length);
            await output.FlushAsync();
            if (await _reader.ReadAsync(2048) == LineStatus.Line) count++;
            _reader.Advance();
        }

        return count;
    }
}
