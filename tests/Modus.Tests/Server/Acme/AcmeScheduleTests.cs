using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Acme;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Acme;

public sealed class AcmeScheduleTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly AcmePlan Plan = new()
    {
        Name = "mail", Account = "default", Hosts = ["mail.example.com"], Challenge = AcmeChallenge.TlsAlpn01, Keys = [KeyType.EcdsaP256],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _authority = new();
    private readonly ManagedCertificates _managed;

    public AcmeScheduleTests() => _managed = new ManagedCertificates(_folder.Path, TimeProvider.System, NullLogger<ManagedCertificates>.Instance);

    private static DateTimeOffset Usual => Now.AddDays(-1).AddDays(91 * 2.0 / 3);

    public void Dispose()
    {
        _managed.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void What_is_not_there_is_wanted_now_but_for_the_back_off()
    {
        Assert.Equal(Now, Next(new AcmeState()));
        Assert.Equal(Now.AddHours(3), Next(new AcmeState { NotBefore = Now.AddHours(3) }));
        Assert.Equal("there is none", Reason(new AcmeState()));
    }

    [Fact]
    public async Task What_did_not_come_by_ACME_or_has_not_all_the_names_is_replaced()
    {
        await PutAsync(CertificateOrigin.Import, "mail.example.com");
        Assert.Equal("the one that is there did not come by ACME", Reason(new AcmeState()));
        await PutAsync(CertificateOrigin.Acme, "mail.example.com");
        Assert.Null(Reason(new AcmeState()));
        Assert.Equal("its names have changed", Reason(new AcmeState(), Plan with { Hosts = ["mail.example.com", "imap.example.com"] }));
        Assert.Equal("it was asked for", Reason(new AcmeState { Wanted = [KeyType.EcdsaP256] }));
        Assert.Null(Reason(new AcmeState { Wanted = [KeyType.Rsa2048] }));
    }

    [Fact]
    public async Task What_is_there_is_renewed_at_two_thirds_or_in_the_authoritys_window_and_asked_about_in_between()
    {
        var identifier = await PutAsync(CertificateOrigin.Acme, "mail.example.com");
        Assert.Equal(Now, Next(new AcmeState())); // the authority has not been asked
        Assert.Equal(Now.AddHours(6), Next(Known(null, null)));
        Assert.Equal(Usual, Next(Known(null, null, Now.AddYears(1))), TimeSpan.FromSeconds(2));

        var window = Known(Now.AddDays(3), Now.AddDays(4), Now.AddYears(1));
        Assert.InRange(Next(window), Now.AddDays(3), Now.AddDays(4));
        Assert.Null(Reason(window));
        Assert.Equal("it is to be renewed", Reason(Known(Now.AddDays(-2), Now.AddDays(-1))));
        Assert.Equal(Usual, Next(window with { Windows = [window.Windows[0] with { Certificate = "of another" }], NotBefore = Usual }), TimeSpan.FromSeconds(2));

        AcmeState Known(DateTimeOffset? start, DateTimeOffset? end, DateTimeOffset? check = null) =>
            new() { Windows = [new AcmeWindow(identifier, start, end, check ?? Now.AddHours(6))] };
    }

    [Fact]
    public async Task The_key_that_is_there_is_found_when_it_is_of_the_kind_that_is_wanted()
    {
        await PutAsync(CertificateOrigin.Acme, "mail.example.com");
        using var there = AcmeCertificate.Find(_managed, "mail", KeyType.EcdsaP256)!;
        using var key = there.TryReadKey(KeyType.EcdsaP256)!;
        Assert.Equal(KeyPin.Of(there.Leaf), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(key.ExportSubjectPublicKeyInfo())));
        Assert.Null(there.TryReadKey(KeyType.EcdsaP384));
        Assert.Null(AcmeCertificate.Find(_managed, "mail", KeyType.Rsa2048));
    }

    private DateTimeOffset Next(AcmeState state) => AcmeSchedule.NextFor(Plan, state, _managed, Now);

    private string? Reason(AcmeState state, AcmePlan? plan = null)
    {
        using var there = AcmeCertificate.Find(_managed, "mail", KeyType.EcdsaP256);
        return AcmeSchedule.FindReason(plan ?? Plan, state, KeyType.EcdsaP256, there, Now);
    }

    private async Task<string> PutAsync(CertificateOrigin origin, params string[] names)
    {
        using var leaf = _authority.Issue(names);
        var put = new CertificatePut("mail", leaf.ExportCertificatePem(), TestCertificates.KeyPem(leaf), origin, "test");
        Assert.Equal(CertificateOutcome.Done, (await _managed.PutAsync(put, TestContext.Current.CancellationToken)).Outcome);
        return AcmeRenewal.IdentifierOf(leaf)!;
    }
}
