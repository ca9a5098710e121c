using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Benchmarks.Storage;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Testing.Dns;

namespace Modus.Benchmarks.Delivery;

/// <summary>What a signature costs on a message that is handed in, its key read from the store, and on one that comes, its key at hand.</summary>
[MemoryDiagnoser]
public class DkimBenchmarks
{
    private static readonly Domain Example = Domain.Parse("example.org");

    private StoreFixture _fixture = null!;
    private MessageSigner _signer = null!;
    private DkimVerifier _verifier = null!;
    private byte[] _message = [];
    private byte[] _signed = [];

    [Params("rsa-sha256", "ed25519-sha256")]
    public string Algorithm { get; set; } = "";

    [Params(10, 1024)]
    public int Kilobytes { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(accounts: 0);
        var keys = new SigningKeys(_fixture.Store.Records, TimeProvider.System);
        var algorithm = Enum.GetValues<SignatureAlgorithm>().Single(one => one.ToWord() == Algorithm);
        var key = (await keys.CreateAsync(Example, [algorithm], null, default)).Value!.Single();
        await keys.RotateAsync(Example, default);
        _signer = new MessageSigner(keys, TimeProvider.System);
        _verifier = new DkimVerifier(new SignatureKeys(new FakeZone().Text(key.RecordName, key.RecordText)), TimeProvider.System);
        var text = new StringBuilder(
            "From: Anna Bell <anna@example.org>\r\nTo: Bob <bob@example.com>\r\nSubject: Greetings\r\nDate: Mon, 23 Nov 2026 23:18:09 +0000\r\n" +
            "Message-ID: <1@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
        while (text.Length < Kilobytes * 1024) text.Append("A line of text as people write them, some seventy characters long.\r\n");
        _message = Encoding.ASCII.GetBytes(text.ToString());
        _signed = [.. (await SignAsync()).Span, .. _message];
        if (!await VerifyAsync()) throw new InvalidOperationException("What was signed does not verify.");
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _fixture.DisposeAsync();

    [Benchmark]
    public async Task<ReadOnlyMemory<byte>> SignAsync() => await _signer.SignAsync(Example, new MemoryStream(_message), default);

    [Benchmark]
    public async Task<bool> VerifyAsync()
    {
        var stream = new MemoryStream(_signed);
        using var header = await HeaderSection.ReadAsync(stream, default);
        var bodies = new BodyHashes();
        var found = DkimVerifier.Find(header, bodies);
        await bodies.ReadAsync(stream, header.BodyOffset, default);
        return (await _verifier.VerifyAsync(header, found, bodies, default)).Single().Outcome == AuthenticationOutcome.Pass;
    }
}
