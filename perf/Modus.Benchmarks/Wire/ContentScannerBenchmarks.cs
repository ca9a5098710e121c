using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Protocols.Wire;

namespace Modus.Benchmarks.Wire;

/// <summary>Content off the wire, strict: 1 MiB in pieces as large as the transport's blocks. GB/s = 1.049 / mean in ms.</summary>
[MemoryDiagnoser]
public class ContentScannerBenchmarks
{
    private const int Size = 1 << 20;

    private readonly ArrayBufferWriter<byte> _output = new(2 * Size);
    private byte[] _content = [];

    [Params(4096, 16384)]
    public int Segment { get; set; }

    /// <summary>Lines of 76 characters as base64 has, or of 20 to 90 as people write.</summary>
    [Params("base64", "text")]
    public string Lines { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var text = new StringBuilder();
        while (text.Length < Size)
            text.Append('x', Lines == "base64" ? 76 : random.Next(20, 91)).Append("\r\n");
        _content = Encoding.ASCII.GetBytes(text.ToString(0, Size - 2) + "\r\n");
    }

    [Benchmark]
    public int Scan()
    {
        _output.ResetWrittenCount();
        var scanner = new ContentScanner(64 * 1024, dotStuffed: true);
        for (var at = 0; at < Size; at += Segment) scanner.Scan(_content.AsSpan(at, Segment), _output);
        return _output.WrittenCount;
    }
}
