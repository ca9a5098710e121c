using System.Text;
using MimeKit;
using MimeKit.Cryptography;
using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;
using Modus.Testing.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Arc;

/// <summary>Chains that we and MimeKit build by turns, each verified by both.</summary>
public sealed class ArcTests
{
    private static readonly FakeZone Zone = TestKeys.Zone.Text("s._domainkey.example.net", RecordOf(out Key));

    private static readonly ActiveKey Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_without_a_chain_has_none()
    {
        var result = await TestMessage.VerifyChainAsync(TestMessage.Bytes(TestMessage.Football), Zone);

        Assert.Equal(new ArcResult(ChainStatus.None), result);
    }

    [Theory]
    [MemberData(nameof(OddMessages.All), MemberType = typeof(OddMessages))]
    public async Task Chains_of_both_verify_by_both(string message)
    {
        var sealedOnce = await SealAsync(TestMessage.Bytes(message));
        await AssertPassesAsync(sealedOnce, 1);

        var sealedTwice = await SealAsync(sealedOnce);
        await AssertPassesAsync(sealedTwice, 2);
    }

    [Fact]
    public async Task What_MimeKit_sealed_goes_on_here_and_back()
    {
        var message = TestMessage.Bytes(TestMessage.Football);

        message = await SealByMimeKitAsync(message);
        await AssertPassesAsync(message, 1);
        message = await SealAsync(message);
        await AssertPassesAsync(message, 2);
        message = await SealByMimeKitAsync(message);
        await AssertPassesAsync(message, 3);
    }

    [Theory]
    [InlineData("Subject: Is dinner", "Subject: Was dinner")]
    [InlineData("We lost", "We won")]
    [InlineData("results of 2", "results of three")]
    [InlineData("cv=pass", "cv=none")]
    [InlineData("i=2;", "i=3;")]
    public async Task A_change_breaks_the_chain_for_good(string what, string instead)
    {
        var message = Encoding.Latin1.GetString(await SealAsync(await SealAsync(TestMessage.Bytes(TestMessage.Football))));
        var changed = Encoding.Latin1.GetBytes(message.Replace(what, instead, StringComparison.Ordinal));

        Assert.Equal(ChainStatus.Fail, (await TestMessage.VerifyChainAsync(changed, Zone)).Status);

        // The next seal says so and signs nothing of the chain before; after it nothing more is added.
        var resealed = await SealAsync(changed);
        Assert.Contains("cv=fail", Encoding.Latin1.GetString(resealed), StringComparison.Ordinal);
        var closed = await TestMessage.VerifyChainAsync(resealed, Zone);
        Assert.Equal((ChainStatus.Fail, "the chain was broken before"), (closed.Status, closed.Reason));
        Assert.Equal(resealed, await SealAsync(resealed));
    }

    [Fact]
    public async Task A_set_that_is_taken_out_breaks_the_chain()
    {
        var twice = Encoding.Latin1.GetString(await SealAsync(await SealAsync(TestMessage.Bytes(TestMessage.Football))));
        var withoutFirst = twice.Replace("ARC-Seal: i=1", "X-Seal: i=1", StringComparison.Ordinal);

        var result = await TestMessage.VerifyChainAsync(Encoding.Latin1.GetBytes(withoutFirst), Zone);

        Assert.Equal((ChainStatus.Fail, "a set of the chain is not complete"), (result.Status, result.Reason));
    }

    [Fact]
    public async Task A_field_twice_or_without_a_number_breaks_the_chain()
    {
        var once = await SealAsync(TestMessage.Bytes(TestMessage.Football));

        var twice = await TestMessage.VerifyChainAsync([.. "ARC-Authentication-Results: i=1; x; none\r\n"u8, .. once], Zone);
        var unnumbered = await TestMessage.VerifyChainAsync([.. "ARC-Seal: a=rsa-sha256; cv=pass\r\n"u8, .. once], Zone);
        var beyond = await TestMessage.VerifyChainAsync([.. "ARC-Seal: i=51; a=rsa-sha256; cv=pass\r\n"u8, .. once], Zone);
        var gap = await TestMessage.VerifyChainAsync([.. "ARC-Authentication-Results: i=3; x; none\r\n"u8, .. once], Zone);

        Assert.Equal("a field of the chain is there twice", twice.Reason);
        Assert.Equal("a field of the chain cannot be read", unnumbered.Reason);
        Assert.Equal("a field of the chain cannot be read", beyond.Reason);
        Assert.Equal("the chain has a gap", gap.Reason);
    }

    [Fact]
    public async Task An_unanswered_question_breaks_the_chain_too()
    {
        var once = await SealAsync(TestMessage.Bytes(TestMessage.Football));

        var result = await TestMessage.VerifyChainAsync(once, new FakeZone().Fail("s._domainkey.example.net"));

        Assert.Equal(ChainStatus.Fail, result.Status);
    }

    [Fact]
    public async Task Fifty_sets_are_a_chain_and_no_more_are_added()
    {
        var message = TestMessage.Bytes(TestMessage.Football);
        for (var i = 0; i < 50; i++) message = await SealAsync(message);

        Assert.Equal(ChainStatus.Pass, (await TestMessage.VerifyChainAsync(message, Zone)).Status);
        Assert.Equal(message, await SealAsync(message));
    }

    private static async Task AssertPassesAsync(byte[] message, int sets)
    {
        var result = await TestMessage.VerifyChainAsync(message, Zone);
        Assert.True(result.Status == ChainStatus.Pass, $"{result.Reason}:\n{Encoding.Latin1.GetString(message)}");

        var parsed = await MimeMessage.LoadAsync(new MemoryStream(message), Cancel);
        var theirs = await new MimeKit.Cryptography.ArcVerifier(new MimeKitKeys(Zone)).VerifyAsync(parsed, Cancel);
        Assert.True(theirs.Chain == ArcSignatureValidationResult.Pass, $"MimeKit: {theirs.ChainErrors}\n{Encoding.Latin1.GetString(message)}");
        Assert.Equal(sets, theirs.Seals!.Length);
    }

    private static async Task<byte[]> SealAsync(byte[] message)
    {
        var status = (await TestMessage.VerifyChainAsync(message, Zone)).Status;
        using var stream = new ShortReads(message);
        using var header = await HeaderSection.ReadAsync(stream, Cancel);
        var bodies = new BodyHashes();
        var chain = ArcChain.Read(header, bodies);
        ArcSealer.AddBodyHash(bodies);
        await bodies.ReadAsync(stream, header.BodyOffset, Cancel);
        var fields = new ArcSealer(null!, TimeProvider.System).Seal(
            Key, header, chain, status, bodies, $"mx.example.net; none (results of {chain.Highest + 1})");
        return [.. fields, .. message];
    }

    private static async Task<byte[]> SealByMimeKitAsync(byte[] message)
    {
        var parsed = await MimeMessage.LoadAsync(new MemoryStream(message), Cancel);
        parsed.Headers.Insert(0, "Authentication-Results", "mx.example.org; none");
        await new MimeKitSealer().SignAsync(parsed, ["From", "To", "Subject", "Date"], Cancel);
        var fields = new MemoryStream();
        foreach (var header in parsed.Headers.TakeWhile(header => header.Field.StartsWith("ARC-", StringComparison.Ordinal)).Take(3))
        {
            fields.Write(Encoding.ASCII.GetBytes(header.Field + ":"));
            fields.Write(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(header.RawValue).ReplaceLineEndings("\r\n")));
        }

        return [.. fields.ToArray(), .. message];
    }

    private static string RecordOf(out ActiveKey key)
    {
        var (secret, publicKey) = SecretKey.Create(SignatureAlgorithm.RsaSha256);
        key = new ActiveKey(Domain.Parse("example.net"), "s", secret);
        return $"v=DKIM1; k=rsa; p={Convert.ToBase64String(publicKey)}";
    }

    private sealed class MimeKitSealer() : ArcSigner(TestKeys.Rsa.Private, "example.org", "rsa")
    {
        protected override AuthenticationResults GenerateArcAuthenticationResults(FormatOptions options, MimeMessage message, CancellationToken cancellationToken) =>
            new("mx.example.org");

        protected override Task<AuthenticationResults> GenerateArcAuthenticationResultsAsync(
            FormatOptions options, MimeMessage message, CancellationToken cancellationToken) => Task.FromResult(new AuthenticationResults("mx.example.org"));
    }
}
