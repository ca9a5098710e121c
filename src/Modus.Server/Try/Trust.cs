using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Server.Try;

/// <summary>Trusts one authority and nobody else, and remembers which certificate was shown.</summary>
internal sealed class Trust(X509Certificate2 authority)
{
    /// <summary>The name and the key of the last certificate; null before one was shown.</summary>
    public string? Shown { get; private set; }

    public bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf) return false;
        Shown = $"{leaf.GetNameInfo(X509NameType.DnsName, false)} ({KeyOf(leaf)})";
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.Add(authority);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority publishes no list
        return own.Build(leaf) && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
    }

    private static string KeyOf(X509Certificate2 leaf)
    {
        using var rsa = leaf.GetRSAPublicKey();
        using var ecdsa = leaf.GetECDsaPublicKey();
        return rsa is not null ? $"RSA {rsa.KeySize}" : $"ECDSA P-{ecdsa?.KeySize}";
    }
}
