using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Acme;

public sealed class ChallengeTests
{
    private static readonly AcmeProof Proof = new("mx.example", "token-1", "token-1.thumbprint");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_answered_while_it_is_proven_and_at_its_path_alone()
    {
        var challenges = new HttpChallenges();
        await challenges.PublishAsync(Proof, Cancellation);
        Assert.Equal("token-1.thumbprint", challenges.Find("/.well-known/acme-challenge/token-1"));
        Assert.Null(challenges.Find("/.well-known/acme-challenge/token-2"));
        Assert.Null(challenges.Find("/token-1"));
        Assert.Null(challenges.Find(null));
        await challenges.WithdrawAsync(Proof, Cancellation);
        Assert.Null(challenges.Find("/.well-known/acme-challenge/token-1"));
    }

    [Fact]
    public async Task A_certificate_proves_a_name_while_it_is_proven()
    {
        var challenges = new TlsAlpnChallenges(TimeProvider.System);
        Assert.Null(challenges.Find("mx.example"));
        await challenges.PublishAsync(Proof, Cancellation);
        Assert.Null(challenges.Find(null));
        Assert.Null(challenges.Find("www.mx.example"));
        var shown = challenges.Find("MX.example")!.ServerCertificateContext!.TargetCertificate;

        // RFC 8737 §3: the name alone, and the digest in a critical extension.
        Assert.Equal(["mx.example"], shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        var identifier = shown.Extensions["1.3.6.1.5.5.7.1.31"]!;
        Assert.True(identifier.Critical);
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(Proof.KeyAuthorization)), new AsnReader(identifier.RawData, AsnEncodingRules.DER).ReadOctetString());

        await challenges.WithdrawAsync(Proof with { Token = "another" }, Cancellation);
        Assert.NotNull(challenges.Find("mx.example"));
        await challenges.WithdrawAsync(Proof, Cancellation);
        Assert.Null(challenges.Find("mx.example"));
    }

    [Fact]
    public void Only_who_offers_nothing_else_comes_for_a_challenge()
    {
        Assert.True(IsAsked("acme-tls/1"));
        Assert.False(IsAsked());
        Assert.False(IsAsked("http/1.1"));
        Assert.False(IsAsked("acme-tls/1", "http/1.1"));
    }

    private static bool IsAsked(params string[] protocols) => TlsAlpnChallenges.IsAskedBy(new ClientHello("mx.example", ClientHello.Tls13, EcdsaCurves.None, protocols));
}
