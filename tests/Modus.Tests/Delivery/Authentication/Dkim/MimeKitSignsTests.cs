using System.Text;
using CsCheck;
using MimeKit;
using MimeKit.Cryptography;
using Modus.Delivery.Authentication;
using Org.BouncyCastle.Crypto;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dkim;

/// <summary>What an implementation that is not ours signs verifies here, in every canonical form.</summary>
public sealed class MimeKitSignsTests
{
    [Theory]
    [MemberData(nameof(OddMessages.All), MemberType = typeof(OddMessages))]
    public async Task Odd_messages_verify(string message)
    {
        foreach (var header in Enum.GetValues<DkimCanonicalizationAlgorithm>())
            foreach (var body in Enum.GetValues<DkimCanonicalizationAlgorithm>())
            {
                await AssertVerifiesAsync(message, "rsa", TestKeys.Rsa, DkimSignatureAlgorithm.RsaSha256, header, body);
                await AssertVerifiesAsync(message, "ed", TestKeys.Ed25519, DkimSignatureAlgorithm.Ed25519Sha256, header, body);
            }
    }

    [Fact]
    public async Task Random_bodies_verify() =>
        await OddMessages.Bodies.SampleAsync(async body =>
        {
            foreach (var how in Enum.GetValues<DkimCanonicalizationAlgorithm>())
                await AssertVerifiesAsync(
                    "From: anna@example.org\nSubject: x\n\n" + body, "ed", TestKeys.Ed25519, DkimSignatureAlgorithm.Ed25519Sha256,
                    DkimCanonicalizationAlgorithm.Relaxed, how);
        }, iter: 200);

    private static async Task AssertVerifiesAsync(
        string text, string selector, AsymmetricCipherKeyPair pair, DkimSignatureAlgorithm algorithm,
        DkimCanonicalizationAlgorithm headerForm, DkimCanonicalizationAlgorithm bodyForm)
    {
        var signed = Sign(TestMessage.Bytes(text), selector, pair, algorithm, headerForm, bodyForm);

        var result = Assert.Single(await TestMessage.VerifyAsync(signed, TestKeys.Zone));

        Assert.True(result.Outcome == AuthenticationOutcome.Pass, $"{result.Reason}, {headerForm}/{bodyForm}:\n{Encoding.Latin1.GetString(signed)}");
    }

    // The signature goes before the bytes as they are; MimeKit's own writing of the message takes no part.
    private static byte[] Sign(
        byte[] message, string selector, AsymmetricCipherKeyPair pair, DkimSignatureAlgorithm algorithm,
        DkimCanonicalizationAlgorithm headerForm, DkimCanonicalizationAlgorithm bodyForm)
    {
        var parsed = MimeMessage.Load(new MemoryStream(message));
        var signer = new DkimSigner(pair.Private, "example.org", selector, algorithm)
        {
            HeaderCanonicalizationAlgorithm = headerForm, BodyCanonicalizationAlgorithm = bodyForm,
        };
        var names = parsed.Headers.Where(header => header.Id != HeaderId.Received).Select(header => header.Field).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        signer.Sign(parsed, names);
        var field = parsed.Headers.First(header => header.Id == HeaderId.DkimSignature);
        return [.. Encoding.ASCII.GetBytes(field.Field + ":"), .. AsCrLf(field.RawValue), .. message];
    }

    private static byte[] AsCrLf(byte[] value) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(value).ReplaceLineEndings("\r\n"));
}
