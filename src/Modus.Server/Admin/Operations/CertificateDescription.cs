using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Certificates in the words of <see cref="CertificateRow"/>.</summary>
internal static class CertificateDescription
{
    public static CertificateRow Describe(
        string name,
        string origin,
        X509Certificate2 leaf,
        IEnumerable<X509Certificate2> chain,
        CertificateBindingRow binding,
        bool isServed,
        string[] faults)
    {
        X509Certificate2[] above = [.. chain];
        var key = KeyPin.Of(leaf);
        return new CertificateRow
        {
            Name = name,
            Origin = origin,
            Key = KeyOf(leaf),
            Subject = leaf.Subject,
            Issuer = leaf.Issuer,
            SerialNumber = leaf.SerialNumber.ToLowerInvariant(),
            Names = NamesOf(leaf),
            NotBefore = leaf.NotBefore.ToUniversalTime(),
            NotAfter = leaf.NotAfter.ToUniversalTime(),
            DaysLeft = (int)Math.Floor((leaf.NotAfter.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime).TotalDays),
            UnknownIssuer = CertificateChain.FindUnknownIssuer([leaf, .. above]),
            Chain = [.. above.Select(static one => one.Subject)],
            Sha256 = Convert.ToHexStringLower(leaf.GetCertHash(HashAlgorithmName.SHA256)),
            KeySha256 = key,
            Tlsa = $"3 1 1 {key}",
            Binding = binding,
            IsServed = isServed,
            Faults = faults,
            Pem = string.Concat(above.Prepend(leaf).Select(static one => one.ExportCertificatePem() + "\n")),
        };
    }

    /// <summary>What people are told of a chain that ends nowhere; null when it ends as it should.</summary>
    public static string? WarningOf(string? unknownIssuer) => unknownIssuer is null
        ? null
        : $"Nothing in it, and no root that this machine trusts, is {unknownIssuer}. Right for a private root that clients have; if it is an intermediate, put its certificate behind it.";

    public static string[] NamesOf(X509Certificate2 leaf) =>
        [.. leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static names => names.EnumerateDnsNames()).Select(static name => name.ToLowerInvariant())];

    public static CertificateBindingRow Row(CertificateBinding binding, string[] own) => new(
        [.. binding.Addresses.Select(static address => address.ToString())],
        binding.Names.Count > 0 ? [.. binding.Names] : own,
        [.. binding.Protocols],
        binding.IsDefault);

    public static string KeyOf(X509Certificate2 leaf)
    {
        using var rsa = leaf.GetRSAPublicKey();
        if (rsa is not null) return $"RSA {rsa.KeySize}";
        using var ecdsa = leaf.GetECDsaPublicKey();
        return ecdsa is null ? leaf.PublicKey.Oid.FriendlyName ?? "unknown" : $"ECDSA {ecdsa.KeySize}";
    }
}
