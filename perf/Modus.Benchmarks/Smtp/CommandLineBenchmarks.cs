using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Protocols.Smtp.Parser;

namespace Modus.Benchmarks.Smtp;

/// <summary>A command line from bytes to a value: what is allocated should be the value and nothing else.</summary>
[MemoryDiagnoser]
public class CommandLineBenchmarks
{
    private ReadOnlySequence<byte> _noop;
    private ReadOnlySequence<byte> _mail;
    private string _mailArgument = "";
    private string _rcptArgument = "";

    [GlobalSetup]
    public void Setup()
    {
        _noop = new(Encoding.ASCII.GetBytes("NOOP"));
        _mail = new(Encoding.ASCII.GetBytes("MAIL FROM:<anna@example.com> SIZE=16384 BODY=8BITMIME"));
        _mailArgument = "FROM:<anna@example.com> SIZE=16384 BODY=8BITMIME";
        _rcptArgument = "TO:<ben@example.org>";
    }

    [Benchmark(Description = "NOOP: line to value")]
    public bool Noop() => SmtpCommandLine.TryParse(_noop, out _, out _);

    [Benchmark(Description = "MAIL: line to value (its argument as a string)")]
    public bool Mail() => SmtpCommandLine.TryParse(_mail, out _, out _);

    [Benchmark(Description = "MAIL: argument to address and parameters")]
    public bool MailArgument() => MailArguments.TryParse(_mailArgument, out _, out _);

    [Benchmark(Description = "RCPT: argument to address")]
    public bool RcptArgument() => RcptArguments.TryParse(_rcptArgument, out _, out _);
}
