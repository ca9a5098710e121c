using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Acme;

public sealed class AcmeRenewalTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-03-01T00:00:00Z", CultureInfo.InvariantCulture);
    private readonly TestCertificates _authority = new();

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(90, 60)]
    [InlineData(45, 30)]
    [InlineData(6, 4)]
    public void A_certificate_is_renewed_at_two_thirds_of_its_life(int days, int renewed)
    {
        using var certificate = Issue(days);
        Assert.Equal(Start.AddDays(renewed), AcmeRenewal.TimeFor(certificate, null, null));
    }

    [Fact]
    public void The_authoritys_window_counts_when_it_is_earlier_and_each_certificate_has_its_moment_in_it()
    {
        using var one = Issue(90);
        using var other = Issue(90);
        var (first, last) = (Start.AddDays(10), Start.AddDays(12));
        var moment = AcmeRenewal.TimeFor(one, first, last);
        Assert.InRange(moment, first, last);
        Assert.Equal(moment, AcmeRenewal.TimeFor(one, first, last));
        Assert.NotEqual(moment, AcmeRenewal.TimeFor(other, first, last));
        Assert.Equal(Start.AddDays(60), AcmeRenewal.TimeFor(one, Start.AddDays(70), Start.AddDays(72)));
    }

    // The example of RFC 9773 §4.1: key identifier 69:88:5B:6B:87:46:40:41:E1:B3:7B:84:7B:A0:AE:2C:DE:01:C8:D4, serial 00:87:65:43:21.
    [Fact]
    public void A_certificate_is_named_by_its_authoritys_key_and_its_serial_number()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mx.example", key, HashAlgorithmName.SHA256);
        var identifier = Convert.FromHexString("69885B6B87464041E1B37B847BA0AE2CDE01C8D4");
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier));
        using var certificate = request.Create(
            new X500DistinguishedName("CN=authority"), X509SignatureGenerator.CreateForECDsa(key), Start, Start.AddDays(90), [0, 0x87, 0x65, 0x43, 0x21]);
        Assert.Equal("aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE", AcmeRenewal.IdentifierOf(certificate));
    }

    private X509Certificate2 Issue(int days) => _authority.Issue(new CertificateWish { NotBefore = Start, NotAfter = Start.AddDays(days) }, "mx.example");
}
