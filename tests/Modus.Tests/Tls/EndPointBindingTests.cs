using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class EndPointBindingTests
{
    [Theory]
    [InlineData("SHA256", "SHA256")]
    [InlineData("SHA384", "SHA384")]
    [InlineData("SHA512", "SHA512")]
    public void The_hash_is_that_of_the_signature_but_never_weaker_than_sha256(string signature, string expected)
    {
        using var ca = new TestCertificates();
        using var certificate = ca.Issue(new CertificateWish { Hash = new HashAlgorithmName(signature) }, "a.example.org");

        Assert.Equal(
            CryptographicOperations.HashData(new HashAlgorithmName(expected), certificate.RawData), EndPointBinding.Of(certificate));
    }

    [Theory]
    [InlineData("SHA256")]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void Pss_names_its_hash_in_its_parameters(string hash)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=a", key, new HashAlgorithmName(hash), RSASignaturePadding.Pss);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        Assert.Equal(CryptographicOperations.HashData(new HashAlgorithmName(hash), certificate.RawData), EndPointBinding.Of(certificate));
    }

    [Theory]
    [InlineData("1.2.840.113549.1.1.4", "SHA256")] // MD5 with RSA
    [InlineData("1.2.840.113549.1.1.5", "SHA256")] // SHA-1 with RSA
    [InlineData("1.2.840.10045.4.1", "SHA256")]    // SHA-1 with ECDSA
    [InlineData("1.2.840.113549.1.1.12", "SHA384")]
    [InlineData("1.3.101.112", null)]              // Ed25519: undefined
    public void Signatures_that_cannot_be_made_here_follow_the_same_rule(string oid, string? expected) =>
        Assert.Equal(expected, EndPointBinding.HashFor(oid)?.Name);
}
