using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Composition;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class CertificateMintTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(KeyType.EcdsaP256)]
    [InlineData(KeyType.Rsa2048)]
    internal void An_issued_certificate_chains_to_its_authority_and_holds_name_and_address(KeyType type)
    {
        using var authority = CertificateMint.CreateAuthority("a test", Now);
        var minted = CertificateMint.Issue(authority, "mail.a.example", IPAddress.Parse("127.0.0.2"), type, Now);
        using var leaf = X509Certificate2.CreateFromPem(minted.CertificatePem, minted.KeyPem);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.AddHours(1).UtcDateTime;

        Assert.True(chain.Build(leaf));
        Assert.True(leaf.MatchesHostname("mail.a.example"));
        Assert.True(leaf.MatchesHostname("127.0.0.2"));
        Assert.True(leaf.HasPrivateKey);
    }
}
