using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class CertificateSelectorTests
{
    private static readonly TestCertificates Ca = new();
    private static readonly X509Certificate2 Ecdsa = Ca.Issue("any.example.org");
    private static readonly X509Certificate2 Rsa = Ca.Issue(new CertificateWish { Ecdsa = false }, "any.example.org");

    private static readonly CertificateSnapshot Snapshot = new(
    [
        Bind("ip+name", "mail.example.org", ip: "192.0.2.1"),
        Bind("ip+wildcard", "*.example.org", ip: "192.0.2.1"),
        Bind("name", "mail.example.org"),
        Bind("wildcard", "*.example.org"),
        Bind("ip", "two.example.net", ip: "192.0.2.2"),
        Bind("default", "default.example.net", isDefault: true),
        Bind("name-both", "both.example.net"),
        Bind("name-both-rsa", "both.example.net", ecdsa: false),
        Bind("rsa-only", "rsa.example.net", ecdsa: false),
    ]);

    [Theory]
    [InlineData("192.0.2.1", "mail.example.org", true, "ip+name", "local address and name; ECDSA is all there is")]
    [InlineData("192.0.2.1", "other.example.org", true, "ip+wildcard", "local address and wildcard; ECDSA is all there is")]
    [InlineData("192.0.2.9", "mail.example.org", true, "name", "name; ECDSA is all there is")]
    [InlineData("192.0.2.9", "other.example.org", true, "wildcard", "wildcard; ECDSA is all there is")]
    [InlineData("192.0.2.2", "mail.example.org", true, "name", "name; ECDSA is all there is")]
    [InlineData("192.0.2.2", null, true, "ip", "local address; ECDSA is all there is")]
    [InlineData("192.0.2.2", "unknown.test", true, "ip", "local address; ECDSA is all there is")]
    [InlineData("192.0.2.1", null, true, "ip+name", "local address; ECDSA is all there is")]
    [InlineData("192.0.2.9", null, true, "default", "default; ECDSA is all there is")]
    [InlineData("192.0.2.9", "a.b.example.org", true, "default", "default; ECDSA is all there is")]
    [InlineData("192.0.2.9", "example.org", true, "default", "default; ECDSA is all there is")]
    [InlineData("192.0.2.9", "two.example.net", true, "default", "default; ECDSA is all there is")]
    [InlineData("192.0.2.9", "both.example.net", true, "name-both", "name; ECDSA before RSA")]
    [InlineData("192.0.2.9", "both.example.net", false, "name-both-rsa", "name; RSA for a client without ECDSA")]
    [InlineData("192.0.2.9", "rsa.example.net", true, "rsa-only", "name; RSA is all there is")]
    [InlineData("192.0.2.9", "mail.example.org", false, "name", "name; ECDSA is all there is")]
    [InlineData("::ffff:192.0.2.1", "mail.example.org", true, "ip+name", "local address and name; ECDSA is all there is")]
    [InlineData(null, "mail.example.org", true, "name", "name; ECDSA is all there is")]
    public void The_most_specific_binding_wins(string? local, string? name, bool canEcdsa, string expected, string rule)
    {
        var choice = Snapshot.Select(local is null ? null : IPAddress.Parse(local), name, canEcdsa ? EcdsaCurves.All : EcdsaCurves.None);

        Assert.Equal(expected, choice?.Certificate.Source);
        Assert.Equal(rule, choice?.Rule);
    }

    [Fact]
    public void Without_a_marked_default_the_first_and_its_twin_are()
    {
        var snapshot = new CertificateSnapshot(
        [
            Bind("first", "a.example.org"),
            Bind("stranger", "b.example.org", ecdsa: false),
            Bind("twin", "a.example.org", ecdsa: false),
        ]);

        Assert.Equal("first", snapshot.Select(null, null, EcdsaCurves.All)?.Certificate.Source);
        Assert.Equal("twin", snapshot.Select(null, null, EcdsaCurves.None)?.Certificate.Source);
    }

    [Fact]
    public void The_twin_of_a_marked_default_is_the_default_of_clients_without_ECDSA()
    {
        var snapshot = new CertificateSnapshot(
        [
            Bind("marked", "a.example.org", isDefault: true),
            Bind("stranger", "b.example.org", ecdsa: false),
            Bind("twin", "a.example.org", ecdsa: false),
        ]);

        Assert.Equal("marked", snapshot.Select(null, null, EcdsaCurves.All)?.Certificate.Source);
        Assert.Equal("twin", snapshot.Select(null, "unknown.test", EcdsaCurves.None)?.Certificate.Source);
    }

    [Fact]
    public void A_certificate_with_all_names_of_the_default_and_more_is_its_twin()
    {
        var snapshot = new CertificateSnapshot(
            [Bind("first", "a.example.org"), Bind("twin", "a.example.org", ecdsa: false, alsoFor: "b.example.org")]);

        Assert.Equal("twin", snapshot.Select(null, null, EcdsaCurves.None)?.Certificate.Source);
    }

    [Theory]
    [InlineData("P256", "rsa")]
    [InlineData("P256, P521", "rsa")]
    [InlineData("P384", "ecdsa")]
    [InlineData("All", "ecdsa")]
    public void A_certificate_on_a_curve_that_the_client_lacks_gives_way_to_RSA(string client, string expected)
    {
        var p384 = Ca.Issue(new CertificateWish { Curve = ECCurve.NamedCurves.nistP384 }, "any.example.org");
        var snapshot = new CertificateSnapshot([Bind("ecdsa", "a.example.org", leaf: p384), Bind("rsa", "a.example.org", ecdsa: false)]);

        Assert.Equal(expected, snapshot.Select(null, "a.example.org", Enum.Parse<EcdsaCurves>(client))?.Certificate.Source);
    }

    [Fact]
    public void Nothing_is_chosen_from_nothing() => Assert.Null(CertificateSnapshot.Empty.Select(null, "a.example.org", EcdsaCurves.All));

    private static ServerCertificate Bind(
        string source, string name, string? ip = null, bool isDefault = false, bool ecdsa = true, X509Certificate2? leaf = null, string? alsoFor = null)
    {
        var from = new CertificateSource { CertificateFile = source, IsDefault = isDefault };
        if (ip is not null)
            from.LocalAddresses.Add(IPAddress.Parse(ip));
        var material = new CertificateMaterial(leaf ?? (ecdsa ? Ecdsa : Rsa), [], ecdsa, source);
        return new ServerCertificate(from, material, alsoFor is null ? [name] : [name, alsoFor], new SslServerAuthenticationOptions(), static _ => new());
    }
}
