using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Protocols.Wire;

namespace Modus.Benchmarks.Pop3;

/// <summary>1 MB of a message made fit for the wire in chunks of 16 KB, as RETR does; the copy into the chunk stands for the store's read.</summary>
[MemoryDiagnoser]
public class DotStufferBenchmarks
{
    private const int ChunkSize = 16 * 1024;

    private readonly byte[] _buffer = new byte[ChunkSize];
    private byte[] _content = [];

    [Params("base64", "text", "dots")]
    public string Kind { get; set; } = "";

    [GlobalSetup]
    public void Fill()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < 1 << 20)
        {
            text.Append(Kind switch
            {
                "base64" => new string('x', 76),
                "text" => new string('x', random.Next(20, 90)),
                _ => ".",
            }).Append("\r\n");
        }

        _content = Encoding.ASCII.GetBytes(text.ToString());
    }

    [Benchmark(Baseline = true)]
    public int CopyAlone()
    {
        var sent = 0;
        for (var offset = 0; offset < _content.Length; offset += ChunkSize)
        {
            var length = Math.Min(ChunkSize, _content.Length - offset);
            _content.AsSpan(offset, length).CopyTo(_buffer);
            sent += length;
        }

        return sent;
    }

    [Benchmark]
    public int CopyAndStuff()
    {
        var stuffer = new DotStuffer();
        var sent = 0;
        for (var offset = 0; offset < _content.Length;)
        {
            var length = Math.Min(ChunkSize, _content.Length - offset);
            _content.AsSpan(offset, length).CopyTo(_buffer);
            sent += stuffer.Stuff(_buffer, length, out var used);
            offset += used;
        }

        return sent;
    }
}
