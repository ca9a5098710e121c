using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class TlsVerificationTests : IDisposable
{
    private const string Name = "mx.example.org";

    private readonly TestCertificates _root = new();
    private readonly TestCertificates _intermediate;

    public TlsVerificationTests() => _intermediate = _root.Intermediate();

    public void Dispose()
    {
        _intermediate.Dispose();
        _root.Dispose();
    }

    [Theory]
    [InlineData(Name, null)]
    [InlineData("*.example.org", null)]
    [InlineData("MX.Example.ORG", null)]
    [InlineData("other.example.org", TlsFaultType.CertificateHostMismatch)]
    [InlineData("*.mx.example.org", TlsFaultType.CertificateHostMismatch)]
    [InlineData("m*.example.org", TlsFaultType.CertificateHostMismatch)]
    [InlineData("*.org", TlsFaultType.CertificateHostMismatch)]
    [InlineData("example.org", TlsFaultType.CertificateHostMismatch)]
    public void By_the_web_a_name_of_the_certificate_must_be_one_of_the_names(string own, TlsFaultType? fault) =>
        AssertJudged(fault, Web(), _root.Issue(own));

    [Fact]
    public void By_the_web_one_of_several_names_is_enough() =>
        AssertJudged(null, new TlsVerification.WebPki(["a.example.net", Name + "."], Roots()), _root.Issue(Name));

    [Fact]
    public void By_the_web_the_common_name_does_not_count() =>
        AssertJudged(TlsFaultType.CertificateHostMismatch, new TlsVerification.WebPki(["nameless"], Roots()), _root.Issue());

    [Fact]
    public void By_the_web_an_address_must_be_in_the_certificate() =>
        AssertJudged(null, new TlsVerification.WebPki(["192.0.2.1"], Roots()), _root.Issue("192.0.2.1"));

    [Fact]
    public void By_the_web_a_wildcard_stands_for_no_whole_top_level() =>
        AssertJudged(TlsFaultType.CertificateHostMismatch, new TlsVerification.WebPki(["example.org"], Roots()), _root.Issue("*.org"));

    [Fact]
    public void By_the_web_an_unknown_authority_is_not_trusted() =>
        AssertJudged(TlsFaultType.CertificateNotTrusted, new TlsVerification.WebPki([Name]), _root.Issue(Name));

    [Fact]
    public void By_the_web_another_authority_does_not_count()
    {
        var other = new TestCertificates("Another CA");
        AssertJudged(TlsFaultType.CertificateNotTrusted, new TlsVerification.WebPki([Name], [other.Authority]), _root.Issue(Name));
    }

    [Fact]
    public void By_the_web_the_intermediate_comes_from_the_handshake() =>
        AssertJudged(null, Web(), _intermediate.Issue(Name), _intermediate.Authority);

    [Fact]
    public void By_the_web_a_missing_intermediate_is_not_fetched() =>
        AssertJudged(TlsFaultType.CertificateNotTrusted, Web(), _intermediate.Issue(Name));

    [Fact]
    public void By_the_web_an_expired_certificate_is_expired() => AssertJudged(TlsFaultType.CertificateExpired, Web(), Expired());

    [Fact]
    public void By_the_web_a_certificate_for_clients_is_faulty() =>
        AssertJudged(TlsFaultType.ValidationFailure, Web(), _root.Issue(new CertificateWish { ForClients = true }, Name));

    [Fact]
    public void Unverified_anything_is_taken() => AssertJudged(null, new TlsVerification.None(), Expired());

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_pin_the_key_alone_counts(bool isPinned)
    {
        var certificate = Expired();
        var keys = new[] { new string('0', 64), isPinned ? KeyPin.Of(certificate).ToUpperInvariant() : new string('f', 64) };
        AssertJudged(isPinned ? null : TlsFaultType.ValidationFailure, new TlsVerification.Pin(keys), certificate);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void By_DANE_EE_neither_names_nor_dates_count(byte selector, byte matching)
    {
        var certificate = _root.Issue(
            new CertificateWish { NotBefore = DateTimeOffset.UtcNow.AddDays(-2), NotAfter = DateTimeOffset.UtcNow.AddDays(-1) }, "else.example.net");
        var record = Record(3, selector, matching, certificate);

        AssertJudged(null, Dane(record), certificate);
        AssertJudged(null, Dane(Record(3, 1, 1, _root.Authority), record), certificate);
        AssertJudged(TlsFaultType.ValidationFailure, Dane(Record(3, selector, matching, _root.Authority)), certificate);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    public void By_DANE_TA_the_chain_goes_up_to_what_the_record_names(byte selector, byte matching)
    {
        var leaf = _intermediate.Issue(Name);
        var byRoot = Dane(Record(2, selector, matching, _root.Authority));
        var byIntermediate = Dane(Record(2, selector, matching, _intermediate.Authority));

        AssertJudged(null, byRoot, leaf, _intermediate.Authority, _root.Authority);
        AssertJudged(null, byIntermediate, leaf, _intermediate.Authority, _root.Authority);
        AssertJudged(null, byIntermediate, leaf, _intermediate.Authority);
    }

    [Fact]
    public void By_DANE_TA_an_anchor_that_is_not_sent_fits_nothing() =>
        AssertJudged(TlsFaultType.ValidationFailure, Dane(Record(2, 1, 1, _root.Authority)), _intermediate.Issue(Name), _intermediate.Authority);

    [Fact]
    public void By_DANE_TA_an_anchor_that_is_whole_in_its_record_needs_not_be_sent() =>
        AssertJudged(null, Dane(Record(2, 0, 0, _root.Authority)), _intermediate.Issue(Name), _intermediate.Authority);

    [Fact]
    public void By_DANE_TA_the_names_count() =>
        AssertJudged(TlsFaultType.CertificateHostMismatch, Dane(Record(2, 1, 1, _root.Authority)), _root.Issue("else.example.net"), _root.Authority);

    [Fact]
    public void By_DANE_TA_the_dates_count() => AssertJudged(TlsFaultType.CertificateExpired, Dane(Record(2, 1, 1, _root.Authority)), Expired(), _root.Authority);

    [Fact]
    public void By_DANE_TA_an_anchor_that_issued_nothing_of_it_does_not_count()
    {
        var other = new TestCertificates("Another CA");
        AssertJudged(
            TlsFaultType.CertificateNotTrusted, Dane(Record(2, 0, 1, other.Authority)), _intermediate.Issue(Name), _intermediate.Authority, other.Authority);
    }

    // The forged intermediate has the name and the key identifier of the true one, and another key.
    [Fact]
    public void By_DANE_TA_a_link_with_a_false_signature_does_not_count()
    {
        using var elsewhere = new TestCertificates();
        var forged = elsewhere.Intermediate(like: _intermediate);
        Assert.NotNull(Judge(Dane(Record(2, 0, 1, _root.Authority)), forged.Issue(Name), _intermediate.Authority, _root.Authority));
    }

    [Fact]
    public void By_DANE_TA_the_leaf_is_no_anchor_of_itself()
    {
        var leaf = _root.Issue(Name);
        AssertJudged(TlsFaultType.ValidationFailure, Dane(Record(2, 0, 1, leaf)), leaf);
    }

    [Fact]
    public void By_DANE_other_usages_fit_nothing()
    {
        var leaf = _root.Issue(Name);
        AssertJudged(TlsFaultType.ValidationFailure, Dane(Record(1, 0, 1, leaf), Record(0, 0, 1, _root.Authority)), leaf, _root.Authority);
    }

    private X509Certificate2 Expired() => _root.Issue(
        new CertificateWish { NotBefore = DateTimeOffset.UtcNow.AddDays(-2), NotAfter = DateTimeOffset.UtcNow.AddDays(-1) }, Name);

    private X509Certificate2Collection Roots() => [_root.Authority];

    private TlsVerification.WebPki Web() => new([Name], Roots());

    private static TlsVerification.Dane Dane(params TlsaRecord[] records) => new(records, [Name]);

    private static TlsaRecord Record(byte usage, byte selector, byte matching, X509Certificate2 certificate)
    {
        var selected = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new TlsaRecord(usage, selector, matching, matching switch
        {
            0 => selected,
            1 => SHA256.HashData(selected),
            _ => SHA512.HashData(selected),
        });
    }

    private static void AssertJudged(TlsFaultType? fault, TlsVerification verification, X509Certificate2 leaf, params X509Certificate2[] behind) =>
        Assert.Equal(fault, Judge(verification, leaf, behind)?.Type);

    /// <summary>As SslStream asks: with a chain built by the judge's policy and what the server sent.</summary>
    private static ServerFault? Judge(TlsVerification verification, X509Certificate2 leaf, params X509Certificate2[] behind)
    {
        var judge = new ServerJudge(verification, TimeProvider.System);
        using var chain = new X509Chain { ChainPolicy = judge.NewPolicy() };
        chain.ChainPolicy.ExtraStore.Add(leaf);
        chain.ChainPolicy.ExtraStore.AddRange(behind);
        chain.Build(leaf);
        Assert.Equal(judge.Accepts(leaf, chain), judge.Fault is null);
        return judge.Fault;
    }
}
