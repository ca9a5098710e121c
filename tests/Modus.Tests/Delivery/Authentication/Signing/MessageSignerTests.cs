using System.Text;
using CsCheck;
using MimeKit;
using Modus.Testing.Dns;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tests.Storage.Embedded;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Signing;

public sealed class MessageSignerTests : IAsyncLifetime
{
    private static readonly Domain Example = Domain.Parse("example.org");
    private static readonly SignatureAlgorithm[] Both = [SignatureAlgorithm.RsaSha256, SignatureAlgorithm.Ed25519Sha256];

    private readonly FakeZone _zone = new();
    private EmbeddedStoreUnderTest _store = null!;
    private SigningKeys _keys = null!;
    private MessageSigner _signer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await EmbeddedStoreUnderTest.OpenAsync();
        _keys = new SigningKeys(_store.Records, TimeProvider.System);
        _signer = new MessageSigner(_keys, TimeProvider.System);
        var made = await _keys.CreateAsync(Example, Both, null, Cancel);
        foreach (var key in made.Value!) _zone.Text(key.RecordName, key.RecordText);
        Assert.Equal(StoreOutcome.Done, await _keys.RotateAsync(Example, Cancel));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [MemberData(nameof(OddMessages.All), MemberType = typeof(OddMessages))]
    public async Task Odd_messages_are_signed_so_that_MimeKit_and_we_verify_them(string message) =>
        await AssertVerifiesAsync(TestMessage.Bytes(message));

    [Fact]
    public async Task Random_bodies_are_signed_so_that_MimeKit_and_we_verify_them() =>
        await OddMessages.Bodies.SampleAsync(
            body => AssertVerifiesAsync(TestMessage.Bytes("From: anna@example.org\nSubject: x\n\n" + body)), iter: 100);

    [Fact]
    public async Task There_is_a_signature_of_each_kind_in_lines_of_a_bearable_length()
    {
        var fields = Encoding.ASCII.GetString((await SignAsync(TestMessage.Bytes(TestMessage.Football))).Span);

        Assert.Equal(2, fields.Split("DKIM-Signature:").Length - 1);
        Assert.Contains("a=rsa-sha256;", fields, StringComparison.Ordinal);
        Assert.Contains("a=ed25519-sha256;", fields, StringComparison.Ordinal);
        Assert.All(fields.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.EndsWith("\r\n", fields, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("From: eve@evil.example\n")]
    [InlineData("Subject: another\n")]
    [InlineData("Content-Type: text/html\n")]
    [InlineData("Cc: all@example.net\n")]
    public async Task A_field_that_is_added_breaks_the_signature(string field)
    {
        var message = TestMessage.Bytes(TestMessage.Football);
        var fields = (await SignAsync(message)).ToArray();

        var results = await TestMessage.VerifyAsync([.. fields, .. TestMessage.Bytes(field), .. message], _zone);

        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Equal(AuthenticationOutcome.Fail, result.Outcome));
    }

    [Fact]
    public async Task A_domain_without_keys_signs_nothing()
    {
        using var stream = new MemoryStream(TestMessage.Bytes(TestMessage.Football));

        Assert.True((await _signer.SignAsync(Domain.Parse("example.net"), stream, Cancel)).IsEmpty);
    }

    private async Task AssertVerifiesAsync(byte[] message)
    {
        byte[] signed = [.. (await SignAsync(message)).ToArray(), .. message];

        var results = await TestMessage.VerifyAsync(signed, _zone);
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.True(result.Outcome == AuthenticationOutcome.Pass, $"{result.Reason}:\n{Encoding.Latin1.GetString(signed)}"));

        var parsed = await MimeMessage.LoadAsync(new MemoryStream(signed), Cancel);
        var verifier = new MimeKit.Cryptography.DkimVerifier(new MimeKitKeys(_zone));
        foreach (var field in parsed.Headers.Where(header => header.Id == HeaderId.DkimSignature).ToList())
            Assert.True(await verifier.VerifyAsync(parsed, field, Cancel), $"MimeKit does not verify:\n{Encoding.Latin1.GetString(signed)}");
    }

    private async Task<ReadOnlyMemory<byte>> SignAsync(byte[] message)
    {
        using var stream = new ShortReads(message);
        return await _signer.SignAsync(Example, stream, Cancel);
    }
}
