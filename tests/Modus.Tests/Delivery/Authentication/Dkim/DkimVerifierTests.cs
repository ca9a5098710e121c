using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing.Dns;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dkim;

public sealed class DkimVerifierTests
{
    private const string Good = "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s; h=From:Subject; bh=BH";
    private const string KeyName = "s._domainkey.example.org";

    private static readonly byte[] Message = TestMessage.Bytes("From: anna@example.org\nSubject: x\n\nbody\n");
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static FakeZone Zone => new FakeZone().Text(KeyName, HandmadeSignature.EdRecord);

    [Theory]
    [InlineData(Good)]
    [InlineData("v=1;a=ed25519-sha256;c=relaxed/relaxed;d=EXAMPLE.org;s=S;h=from:SUBJECT;bh=BH")]
    [InlineData("v = 1 ; a = ed25519-sha256 ; c = relaxed / relaxed ; d = example.org ; s = s ; h = From : Subject ; bh = BH ; q = dns/txt ; z = x|y")]
    [InlineData(Good + "; i=anna@mail.example.org; t=1; x=1767225600")]
    [InlineData(Good + "; i=@example.org; l=6")]
    [InlineData(Good + "; x=99999999999999999999999999")]
    public async Task Good_signatures_pass(string tags)
    {
        var result = await VerifyAsync(await HandmadeSignature.SignAsync(Message, tags), Zone);

        Assert.Equal((AuthenticationOutcome.Pass, null), (result.Outcome, result.Reason));
        Assert.Equal("example.org", result.Domain?.Name);
    }

    [Theory]
    [InlineData("v=2; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s; h=From; bh=BH", "the signature is of another version")]
    [InlineData("a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s; h=From; bh=BH", "the signature is of another version")]
    [InlineData("v=1; a=rsa-sha1; c=relaxed/relaxed; d=example.org; s=s; h=From; bh=BH", "SHA-1 proves nothing")]
    [InlineData("v=1; a=rot13; c=relaxed/relaxed; d=example.org; s=s; h=From; bh=BH", "the algorithm is unknown")]
    [InlineData("v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s; h=Subject; bh=BH", "From is not signed")]
    [InlineData("v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s; h=From::Subject; bh=BH", "the signature cannot be read")]
    [InlineData("v=1; a=ed25519-sha256; c=sloppy; d=example.org; s=s; h=From; bh=BH", "the signature cannot be read")]
    [InlineData("v=1; a=ed25519-sha256; c=relaxed/relaxed; d=exa mple.org; s=s; h=From; bh=BH", "the signature cannot be read")]
    [InlineData("v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=; h=From; bh=BH", "the signature cannot be read")]
    [InlineData("v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; d=evil.example; s=s; h=From; bh=BH", "the signature cannot be read")]
    [InlineData(Good + "; i=anna@example.net", "i= is not below d=")]
    [InlineData(Good + "; i=anna@notexample.org", "i= is not below d=")]
    [InlineData(Good + "; q=dns/smtp", "the key is in no place that is known")]
    [InlineData(Good + "; x=soon", "the signature cannot be read")]
    [InlineData(Good + ";;", "the signature cannot be read")]
    public async Task Signatures_that_say_wrong_things_are_permanent_errors(string tags, string reason)
    {
        var result = await VerifyAsync(await HandmadeSignature.SignAsync(Message, tags), Zone);

        Assert.Equal((AuthenticationOutcome.PermError, reason), (result.Outcome, result.Reason));
    }

    [Fact]
    public async Task An_expired_signature_fails()
    {
        var signed = await HandmadeSignature.SignAsync(Message, Good + "; x=1767225599");

        Assert.Equal((AuthenticationOutcome.Fail, "the signature has expired"), Of(await VerifyAsync(signed, Zone)));
    }

    [Theory]
    [InlineData("v=DKIM1; k=rsa; p=", "the key was revoked")]
    [InlineData("v=DKIM2; k=ed25519; p=AAAA", "the key record is of another version")]
    [InlineData("v=DKIM1; k=dsa; p=AAAA", "the key is of an unknown type")]
    [InlineData("v=DKIM1; k=ed25519; h=sha1; p=AAAA", "the key is not for SHA-256")]
    [InlineData("v=DKIM1; k=ed25519; s=tlsrpt; p=AAAA", "the key is not for mail")]
    [InlineData("v=DKIM1; k=ed25519; p=AAAA", "the key cannot be read")]
    [InlineData("v=DKIM1; k=ed25519; p=?", "the key cannot be read")]
    [InlineData("v=DKIM1; k=ed25519", "the key cannot be read")]
    [InlineData("v=DKIM1; p=MAAwAA==", "the key is of another algorithm")]
    [InlineData("hello", "the key record cannot be read")]
    [InlineData("", "the key record cannot be read")]
    public async Task Key_records_that_are_of_no_use_are_permanent_errors(string record, string reason)
    {
        var signed = await HandmadeSignature.SignAsync(Message, Good);

        Assert.Equal((AuthenticationOutcome.PermError, reason), Of(await VerifyAsync(signed, new FakeZone().Text(KeyName, record))));
    }

    [Fact]
    public async Task A_strict_key_is_not_for_domains_below()
    {
        var zone = new FakeZone().Text(KeyName, HandmadeSignature.EdRecord + "; t=y:s");

        var below = await VerifyAsync(await HandmadeSignature.SignAsync(Message, Good + "; i=@mail.example.org"), zone);
        var same = await VerifyAsync(await HandmadeSignature.SignAsync(Message, Good + "; i=@example.org"), zone);

        Assert.Equal((AuthenticationOutcome.PermError, "the key is not for domains below d="), Of(below));
        Assert.Equal((AuthenticationOutcome.Pass, null), Of(same));
        Assert.True(same.IsTest);
    }

    [Fact]
    public async Task No_key_is_permanent_and_no_answer_is_temporary()
    {
        var signed = await HandmadeSignature.SignAsync(Message, Good);

        Assert.Equal((AuthenticationOutcome.PermError, "there is no key"), Of(await VerifyAsync(signed, new FakeZone())));
        Assert.Equal(
            (AuthenticationOutcome.TempError, "the DNS did not answer for the key"), Of(await VerifyAsync(signed, new FakeZone().Fail(KeyName))));
    }

    [Fact]
    public async Task Of_several_key_records_the_one_that_fits_counts()
    {
        var other = Convert.ToBase64String(SecretKeyOfSomebodyElse());
        var zone = new FakeZone().Text(KeyName, "junk", $"v=DKIM1; k=ed25519; p={other}", HandmadeSignature.EdRecord);

        Assert.Equal(AuthenticationOutcome.Pass, (await VerifyAsync(await HandmadeSignature.SignAsync(Message, Good), zone)).Outcome);
    }

    [Theory]
    [InlineData(1024, "pass")]
    [InlineData(4096, "pass")]
    [InlineData(768, "policy")]
    [InlineData(1016, "policy")]
    public async Task RSA_keys_count_from_1024_bits_on(int bits, string outcome)
    {
        using var rsa = RSA.Create(bits);
        var signed = await SignByRsaAsync(rsa);

        var asInfo = await VerifyAsync(signed, new FakeZone().Text(KeyName, $"p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}"));
        var alone = await VerifyAsync(signed, new FakeZone().Text(KeyName, $"p={Convert.ToBase64String(rsa.ExportRSAPublicKey())}"));

        Assert.Equal(outcome, asInfo.Outcome.ToWord());
        Assert.Equal(outcome, alone.Outcome.ToWord());
    }

    [Fact]
    public async Task What_stands_below_a_signed_part_of_the_body_is_not_accepted()
    {
        byte[] longer = [.. await HandmadeSignature.SignAsync(Message, Good + "; l=6"), .. "and more\r\n"u8];
        byte[] blank = [.. await HandmadeSignature.SignAsync(Message, Good + "; l=6"), .. "\r\n\r\n"u8];

        Assert.Equal((AuthenticationOutcome.Policy, "only a part of the body is signed"), Of(await VerifyAsync(longer, Zone)));
        Assert.Equal(AuthenticationOutcome.Pass, (await VerifyAsync(blank, Zone)).Outcome);
    }

    [Fact]
    public async Task A_length_beyond_the_body_fails() =>
        Assert.Equal(
            (AuthenticationOutcome.Fail, "the body was changed"), Of(await VerifyAsync(await HandmadeSignature.SignAsync(Message, Good + "; l=7"), Zone)));

    [Fact]
    public async Task Eight_signatures_are_looked_at_from_the_top()
    {
        var message = Message;
        for (var i = 0; i < 12; i++) message = await HandmadeSignature.SignAsync(message, Good);
        var zone = Zone;

        Assert.Equal(AuthenticationLimits.Signatures, (await TestMessage.VerifyAsync(message, zone)).Count);
        Assert.Equal(AuthenticationLimits.Signatures, zone.Questions.Count);
    }

    [Fact]
    public async Task A_header_section_without_an_end_proves_nothing()
    {
        byte[] endless = [.. await HandmadeSignature.SignAsync(Message[..^8], Good), .. Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("X-A: b\r\n", 40_000)))];
        var zone = Zone;

        Assert.Equal((AuthenticationOutcome.PermError, "the header section is too long"), Of(await VerifyAsync(endless, zone)));
        Assert.Empty(zone.Questions);
    }

    private static async Task<DkimResult> VerifyAsync(byte[] message, FakeZone zone) =>
        Assert.Single(await TestMessage.VerifyAsync(message, zone, new FakeTimeProvider(Now)));

    private static (AuthenticationOutcome, string?) Of(DkimResult result) => (result.Outcome, result.Reason);

    private static Task<byte[]> SignByRsaAsync(RSA rsa) => HandmadeSignature.SignAsync(
        Message, Good.Replace("ed25519-sha256", "rsa-sha256", StringComparison.Ordinal), HandmadeSignature.By(rsa));

    private static byte[] SecretKeyOfSomebodyElse() =>
        Modus.Delivery.Authentication.Signing.SecretKey.Create(SignatureAlgorithm.Ed25519Sha256).PublicKey;
}
