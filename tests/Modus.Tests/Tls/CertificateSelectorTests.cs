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

    [Theory]
    [InlineData("imap", "mail.example.org", true, "imap", "name; ECDSA is all there is")]
    [InlineData("imap", "mail.example.org", false, "imap", "name; ECDSA is all there is")]
    [InlineData("imap", null, true, "imap", "protocol; ECDSA is all there is")]
    [InlineData("imap", "other.example.org", true, "other", "name; ECDSA is all there is")]
    [InlineData("pop3", "mail.example.org", true, "pop3-rsa", "name; RSA is all there is")]
    [InlineData("smtp", "mail.example.org", true, "all", "name; ECDSA is all there is")]
    [InlineData("smtp", null, true, "other", "default; ECDSA is all there is")]
    [InlineData(null, "mail.example.org", true, "all", "name; ECDSA is all there is")]
    public void What_is_bound_to_the_protocol_goes_before_what_is_for_all(
        string? protocol, string? name, bool canEcdsa, string expected, string rule)
    {
        var snapshot = new CertificateSnapshot(
        [
            Bind("all", "mail.example.org"),
            Bind("other", "other.example.org", isDefault: true),
            Bind("imap", "mail.example.org", protocol: "imap"),
            Bind("pop3-rsa", "mail.example.org", ecdsa: false, protocol: "pop3"),
        ]);

        var choice = snapshot.Select(null, name, canEcdsa ? EcdsaCurves.All : EcdsaCurves.None, protocol);
        Assert.Equal((expected, rule), (choice?.Certificate.Source, choice?.Rule));
    }

    [Fact]
    public void Where_nothing_is_bound_what_is_bound_elsewhere_is_better_than_nothing()
    {
        var snapshot = new CertificateSnapshot([Bind("imap", "mail.example.org", protocol: "imap")]);

        Assert.Equal(SelectionRule.Default, snapshot.Select(null, "mail.example.org", EcdsaCurves.All, "smtp")?.Binding);
    }

    [Fact]
    public void The_default_of_a_protocol_is_that_of_the_others_unless_it_has_one()
    {
        var snapshot = new CertificateSnapshot(
        [
            Bind("default", "a.example.org", isDefault: true),
            Bind("imap", "b.example.org", isDefault: true, protocol: "imap", ip: "192.0.2.1"),
        ]);

        Assert.Equal("imap", snapshot.Select(IPAddress.Parse("192.0.2.9"), null, EcdsaCurves.All, "imap")?.Certificate.Source);
        Assert.Equal("default", snapshot.Select(IPAddress.Parse("192.0.2.9"), null, EcdsaCurves.All, "smtp")?.Certificate.Source);
    }

    [Fact]
    public void A_look_up_allocates_nothing()
    {
        var snapshot = new CertificateSnapshot([Bind("imap", "mail.example.org", protocol: "imap", ip: "192.0.2.1"), Bind("all", "*.example.org")]);
        var local = IPAddress.Parse("192.0.2.1");
        snapshot.Select(local, "mail.example.org", EcdsaCurves.All, "imap");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            snapshot.Select(local, "mail.example.org", EcdsaCurves.All, "imap");
            snapshot.Select(local, "x.example.org", EcdsaCurves.All, "smtp");
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static ServerCertificate Bind(
        string source, string name, string? ip = null, bool isDefault = false, bool ecdsa = true, X509Certificate2? leaf = null, string? alsoFor = null,
        string? protocol = null)
    {
        var from = new CertificateSource { CertificateFile = source, IsDefault = isDefault };
        if (protocol is not null)
            from.Protocols.Add(protocol);
        if (ip is not null)
            from.LocalAddresses.Add(IPAddress.Parse(ip));
        var material = new CertificateMaterial(leaf ?? (ecdsa ? Ecdsa : Rsa), [], ecdsa, source);
        return new ServerCertificate(from, material, alsoFor is null ? [name] : [name, alsoFor], new SslServerAuthenticationOptions(), static _ => new());
    }
}
