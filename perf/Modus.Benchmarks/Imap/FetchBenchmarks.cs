using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Benchmarks.Storage;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;
using Modus.Testing.Wire;

namespace Modus.Benchmarks.Imap;

/// <summary>
/// FETCH from a hot store to a client that takes everything at once: what a list of messages shows, and one message of 1 MB
/// as it is and decoded from base64.
/// </summary>
[MemoryDiagnoser]
#pragma warning disable CA1001 // GlobalCleanup disposes
public class FetchBenchmarks
#pragma warning restore CA1001
{
    private const string Header =
        "From: Anna <anna@example.org>\r\nTo: Bob <bob@example.org>\r\nCc: c@example.org, d@example.org\r\nSubject: a list of messages\r\n" +
        "Date: Thu, 31 Jan 2030 08:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n--b\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\n" +
        "Content-Disposition: attachment; filename=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";

    private readonly FetchRequest _list = Parse("(UID FLAGS RFC822.SIZE ENVELOPE BODYSTRUCTURE)");
    private readonly FetchRequest _flags = Parse("(UID FLAGS MODSEQ)");
    private readonly FetchRequest _fields = Parse("BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT DATE)]");
    private readonly FetchRequest _whole = Parse("BODY.PEEK[]");
    private readonly FetchRequest _binary = Parse("BINARY.PEEK[2]");
    private readonly InMemoryConnection _connection = new();
    private StoreFixture _fixture = null!;
    private WireConnection _wire = null!;
    private ImapOutput _output = null!;
    private FetchWriter _writer = null!;
    private MailboxMessage _row = null!;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(1);
        await using (var content = _fixture.Store.Delivery.BeginContent())
        {
            content.Write(Encoding.ASCII.GetBytes(Header));
            var line = Encoding.ASCII.GetBytes(new string('Q', 76) + "\r\n");
            for (var i = 0; i < (1 << 20) / line.Length; i++) content.Write(line);
            content.Write("--b--\r\n"u8);
            await content.FlushAsync(default);
            await _fixture.Store.Delivery.CommitAsync(
                content,
                new DeliveryRequest
                {
                    QueueId = QueueId.New(TimeProvider.System), InternalDate = DateTimeOffset.UtcNow, Mailboxes = [new MailboxTarget(_fixture.Inboxes[0])],
                },
                default);
        }

        _row = (await _fixture.Store.Mail.ReadMessagesAsync(_fixture.Inboxes[0], UidRange.All, default, 1, default))[0];
        _connection.Server.Transport = new Sink(_connection.Server.Transport.Input);
        _wire = new WireConnection(_connection.Server, TimeProvider.System);
        _output = new ImapOutput(_wire, TimeSpan.FromMinutes(1));
        _writer = new FetchWriter(_fixture.Store.Mail);
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        _wire.Dispose();
        await _connection.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Benchmark]
    public Task Flags() => WriteAsync(_flags);

    [Benchmark]
    public Task ListOfMessages() => WriteAsync(_list);

    [Benchmark]
    public Task HeaderFields() => WriteAsync(_fields);

    [Benchmark]
    public Task WholeMegabyte() => WriteAsync(_whole);

    [Benchmark]
    public Task BinaryMegabyte() => WriteAsync(_binary);

    private async Task WriteAsync(FetchRequest request)
    {
        await _writer.WriteAsync(_output, request, 1, _row, false, default);
        await _output.FlushAsync();
    }

    private static FetchRequest Parse(string attributes)
    {
        var parser = new ImapParser(Encoding.ASCII.GetBytes(attributes));
        FetchParser.Take(ref parser, out var request);
        return request;
    }

    private sealed class Sink(PipeReader input) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);
    }
}
