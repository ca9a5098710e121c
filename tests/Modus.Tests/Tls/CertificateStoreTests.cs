using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing;
using Modus.Testing.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class CertificateStoreTests : IDisposable
{
    private readonly TestCertificates _ca = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("modus-tls-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    public void Dispose()
    {
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_complete_pair_is_served_for_its_own_names()
    {
        await using var rig = Serve(Pem(_ca.Issue("mail.example.org", "*.example.net")));

        Assert.Empty(rig.Store.Faults);
        Assert.Equal(["mail.example.org", "*.example.net"], Assert.Single(rig.Store.Certificates).Names);
    }

    [Fact]
    public async Task A_pfx_with_a_password_file_is_served()
    {
        var pfx = Path.Combine(_folder, "a.pfx");
        File.WriteAllBytes(pfx, _ca.Issue("a.example.org").Export(X509ContentType.Pkcs12, "secret"));
        var password = Path.Combine(_folder, "password");
        File.WriteAllText(password, "secret\n");
        await using var rig = Serve(new CertificateSource { PfxFile = pfx, PasswordFile = password });
        await using var wrong = Serve(CertificateSource.FromPfx(pfx, "wrong"));

        Assert.Single(rig.Store.Certificates);
        Assert.Equal(CertificateFaultKind.WrongPassword, Assert.Single(wrong.Store.Faults).Kind);
    }

    [Fact]
    public async Task A_certificate_of_the_platforms_store_is_found_by_thumbprint_and_by_subject()
    {
        var name = $"m{Guid.NewGuid():N}.example.org";
        using var issued = _ca.Issue(name);
        using var kept = X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.PersistKeySet);
        using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
        store.Add(kept);
        try
        {
            await using var byThumbprint = Serve(new CertificateSource { Thumbprint = kept.Thumbprint });
            await using var bySubject = Serve(new CertificateSource { Subject = name });
            Assert.Equal([name], Assert.Single(byThumbprint.Store.Certificates).Names);
            Assert.Equal([name], Assert.Single(bySubject.Store.Certificates).Names);
        }
        finally
        {
            store.Remove(kept);
        }
    }

    [Fact]
    public async Task Key_and_certificate_may_share_a_file_in_any_order()
    {
        using var intermediate = _ca.Intermediate();
        using var leaf = intermediate.Issue("a.example.org");
        var file = Write("all.pem", string.Join('\n',
            TestCertificates.KeyPem(leaf), _ca.Authority.ExportCertificatePem(),
            intermediate.Authority.ExportCertificatePem(), leaf.ExportCertificatePem()));
        await using var rig = Serve(CertificateSource.FromPem(file));

        var served = Assert.Single(rig.Store.Certificates);
        Assert.Equal(leaf.Thumbprint, served.Leaf.Thumbprint);
        Assert.Equal(
            intermediate.Authority.Thumbprint, served.Handshake.ServerCertificateContext!.IntermediateCertificates[0].Thumbprint);
    }

    [Fact]
    public async Task What_was_renewed_is_served_even_when_another_source_failed_in_an_unforeseen_way()
    {
        var first = Pem(_ca.Issue("a.example.org"), name: "a");
        var second = Pem(_ca.Issue("b.example.org"), name: "b");
        await using var rig = Serve(first, second);
        using var renewed = _ca.Issue("a.example.org");
        Pem(renewed, name: "a");
        var key = second.KeyFile;
        second.KeyFile = "not a path\0";
        await Assert.ThrowsAsync<ArgumentException>(() => rig.Store.ReloadAsync(TestContext.Current.CancellationToken));
        second.KeyFile = key;
        Assert.Empty(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken));

        Assert.Equal(renewed.Thumbprint, rig.Store.Certificates[0].Leaf.Thumbprint);
    }

    [Fact]
    public async Task Each_fault_has_its_own_reason()
    {
        var now = _clock.GetUtcNow();
        using var good = _ca.Issue("a.example.org");
        using var stranger = new TestCertificates("Stranger");
        using var late = _ca.Intermediate(notAfter: now.AddMinutes(-1));
        using var intermediate = _ca.Intermediate();
        using var forged = _ca.Intermediate(like: intermediate);
        using var forgedRoot = stranger.Intermediate("Modus Test CA", like: _ca);
        var withIssuerUrl = _ca.Issue(new CertificateWish { IssuerUrl = "http://ca.invalid/ca.crt" }, "a.example.org");
        var sources = new (CertificateFaultKind Kind, CertificateSource Source)[]
        {
            (CertificateFaultKind.Unreadable, CertificateSource.FromPem(Path.Combine(_folder, "absent.crt"))),
            (CertificateFaultKind.NotFound, new CertificateSource { Thumbprint = new string('A', 40) }),
            (CertificateFaultKind.Garbage, CertificateSource.FromPem(Write("garbage.pem", "no certificate at all"))),
            (CertificateFaultKind.Garbage, CertificateSource.FromPfx(Write("garbage.pfx", "no certificate at all"))),
            (CertificateFaultKind.Garbage, Pem(good, key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")),
            (CertificateFaultKind.NoKey, CertificateSource.FromPem(Write("nokey.pem", good.ExportCertificatePem()))),
            (CertificateFaultKind.WrongKey, Pem(good, key: TestCertificates.KeyPem(_ca.Issue("a.example.org")))),
            (CertificateFaultKind.Expired, Pem(_ca.Issue(new CertificateWish { NotAfter = now.AddMinutes(-1) }, "a.example.org"))),
            (CertificateFaultKind.NotYetValid, Pem(_ca.Issue(new CertificateWish { NotBefore = now.AddMinutes(5) }, "a.example.org"))),
            (CertificateFaultKind.MissingIntermediate, Pem(good, stranger.Authority)),
            (CertificateFaultKind.MissingIntermediate, Pem(withIssuerUrl)),
            (CertificateFaultKind.NotForServers, Pem(_ca.Issue(new CertificateWish { ForClients = true }, "a.example.org"))),
            (CertificateFaultKind.NoNames, Pem(_ca.Issue())),
            (CertificateFaultKind.NameMismatch, Named(Pem(good), "b.example.org")),
            (CertificateFaultKind.NameMismatch, Named(Named(Pem(good), "a.example.org"), "b.example.org")),
            (CertificateFaultKind.Expired, Pem(late.Issue("a.example.org"), late.Authority)),
            (CertificateFaultKind.BrokenChain, Pem(intermediate.Issue("a.example.org"), forged.Authority)),
            (CertificateFaultKind.BrokenChain, Pem(intermediate.Issue("a.example.org"), intermediate.Authority, forgedRoot.Authority)),
        };
        await using var rig = Serve([.. sources.Select(static s => s.Source)]);

        Assert.Equal(sources.Select(static s => s.Kind), rig.Store.Faults.Select(static f => f.Kind));
        Assert.Equal("self-signed", Assert.Single(rig.Store.Certificates).Source);
        Assert.Equal(sources.Length, rig.Log.Count(static line => line is { Id: 4001, Level: LogLevel.Error }));
    }

    [Fact]
    public async Task A_key_that_every_account_may_read_is_refused_with_its_mode_and_the_remedy()
    {
        if (OperatingSystem.IsWindows()) return;
        var source = Pem(_ca.Issue("a.example.org"));
        File.SetUnixFileMode(source.KeyFile!, (UnixFileMode)0b110_100_100);
        await using var closed = Serve(source); // the folder keeps others out
        Assert.Empty(closed.Store.Faults);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_000_001);
        await using var rig = Serve(source);

        var fault = Assert.Single(rig.Store.Faults);
        Assert.Equal(CertificateFaultKind.Exposed, fault.Kind);
        Assert.Contains($"(mode 0644): `chmod o-rwx {source.KeyFile}`", fault.Reason, StringComparison.Ordinal);
        File.SetUnixFileMode(source.KeyFile!, (UnixFileMode)0b110_100_000);
        Assert.Empty(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_link_to_an_open_key_is_seen_through()
    {
        if (OperatingSystem.IsWindows()) return;
        var open = Directory.CreateDirectory(Path.Combine(_folder, "open", "keys")).FullName;
        var (file, key) = TestCertificates.WritePem(open, "a", _ca.Issue("a.example.org"));
        File.SetUnixFileMode(key, (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_000_001);
        var closed = Directory.CreateDirectory(Path.Combine(_folder, "closed"), (UnixFileMode)0b111_000_000).FullName;
        Directory.CreateSymbolicLink(Path.Combine(closed, "link"), open);
        File.CreateSymbolicLink(Path.Combine(closed, "a.key"), Path.Combine(closed, "link", "a.key"));
        await using var rig = Serve(CertificateSource.FromPem(file, Path.Combine(closed, "a.key")));

        Assert.Equal(CertificateFaultKind.Exposed, Assert.Single(rig.Store.Faults).Kind);
    }

    [Fact]
    public async Task A_whole_chain_is_served_and_told_when_an_intermediate_expires()
    {
        using var intermediate = _ca.Intermediate(notAfter: _clock.GetUtcNow().AddDays(1));
        await using var rig = Serve(Pem(intermediate.Issue("a.example.org"), intermediate.Authority, _ca.Authority));
        Assert.Empty(rig.Store.Faults);
        _clock.Advance(TimeSpan.FromDays(2));

        var fault = Assert.Single(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CertificateFaultKind.Expired, fault.Kind);
        Assert.Contains("Modus Test Intermediate", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replacement_that_lost_one_of_its_names_is_refused()
    {
        using var old = _ca.Issue("a.example.org", "b.example.org");
        var source = Named(Named(Pem(old, name: "pair"), "a.example.org"), "b.example.org");
        await using var rig = Serve(source);
        Pem(_ca.Issue("a.example.org"), name: "pair");

        var fault = Assert.Single(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CertificateFaultKind.NameMismatch, fault.Kind);
        Assert.Contains("b.example.org", fault.Reason, StringComparison.Ordinal);
        Assert.Equal(old.Thumbprint, Assert.Single(rig.Store.Certificates).Leaf.Thumbprint);
    }

    [Fact]
    public async Task A_key_encrypted_the_traditional_way_is_told_what_is_supported()
    {
        const string Key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        await using var rig = Serve(Pem(_ca.Issue("a.example.org"), key: Key));

        var fault = Assert.Single(rig.Store.Faults);
        Assert.Equal(CertificateFaultKind.UnsupportedKey, fault.Kind);
        Assert.Contains("openssl pkcs8 -topk8", fault.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<CertificateWish> Unusable => new()
    {
        new CertificateWish { RsaBits = 1024 },
        new CertificateWish { Hash = HashAlgorithmName.SHA1 },
        new CertificateWish { Curve = ECCurve.CreateFromFriendlyName("secp256k1") },
    };

    [Theory]
    [MemberData(nameof(Unusable), DisableDiscoveryEnumeration = true)]
    public async Task A_replacement_that_shakes_no_hands_is_refused_with_the_remedy(CertificateWish wish)
    {
        using var old = _ca.Issue("a.example.org");
        await using var rig = Serve(Pem(old, name: "pair"));
        using var replacement = _ca.Issue(wish, "a.example.org");
        Pem(replacement, name: "pair");

        var fault = Assert.Single(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(CertificateFaultKind.NoHandshake, fault.Kind);
        Assert.Contains("have one issued with", fault.Reason, StringComparison.Ordinal); // why, are OpenSSL's words
        Assert.Equal(old.Thumbprint, Assert.Single(rig.Store.Certificates).Leaf.Thumbprint);
    }

    [Theory]
    [InlineData(true, X509KeyUsageFlags.DigitalSignature, true)]
    [InlineData(true, X509KeyUsageFlags.KeyEncipherment, false)]
    [InlineData(true, X509KeyUsageFlags.KeyCertSign, false)]
    [InlineData(false, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true)]
    [InlineData(false, X509KeyUsageFlags.KeyCertSign, false)]
    public async Task The_key_usage_lets_the_key_serve_or_not(bool ecdsa, X509KeyUsageFlags usage, bool serves)
    {
        await using var rig = Serve(Pem(_ca.Issue(new CertificateWish { Ecdsa = ecdsa, KeyUsage = usage }, "a.example.org")));

        if (serves) Assert.Empty(rig.Store.Faults);
        else Assert.Equal(CertificateFaultKind.NotForServers, Assert.Single(rig.Store.Faults).Kind);
    }

    [Theory]
    [InlineData("nistP256")]
    [InlineData("nistP384")]
    [InlineData("nistP521")]
    public async Task Every_curve_of_TLS_1_3_is_served(string curve)
    {
        await using var rig = Serve(Pem(_ca.Issue(new CertificateWish { Curve = ECCurve.CreateFromFriendlyName(curve) }, "a.example.org")));

        Assert.Empty(rig.Store.Faults);
    }

    [Fact]
    public async Task A_bad_replacement_is_refused_once_and_the_old_one_stays()
    {
        using var old = _ca.Issue("a.example.org");
        var source = Pem(old);
        await using var rig = Serve(source);
        File.WriteAllText(source.CertificateFile!, "half a certif");

        var faults = await rig.Store.ReloadAsync();
        await rig.Store.ReloadAsync();

        Assert.Equal(CertificateFaultKind.Garbage, Assert.Single(faults).Kind);
        Assert.Equal(old.Thumbprint, Assert.Single(rig.Store.Certificates).Leaf.Thumbprint);
        Assert.Single(rig.Log, static line => line.Id == 4002);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_half_written_pair_heals_by_itself_at_the_next_look()
    {
        var source = Pem(_ca.Issue("a.example.org"), name: "pair");
        await using var rig = Serve(source);
        await rig.StartAsync();
        using var renewed = _ca.Issue("a.example.org");
        File.WriteAllText(source.CertificateFile!, renewed.ExportCertificatePem());
        Assert.Equal(CertificateFaultKind.WrongKey, Assert.Single(await rig.Store.ReloadAsync(TestContext.Current.CancellationToken)).Kind);
        File.WriteAllText(source.KeyFile!, TestCertificates.KeyPem(renewed));

        while (rig.Store.Faults.Count > 0) // each step is one look of the reloader
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal(renewed.Thumbprint, Assert.Single(rig.Store.Certificates).Leaf.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_whose_time_comes_is_served_from_then_on()
    {
        await using var rig = Serve(Pem(_ca.Issue(new CertificateWish { NotBefore = _clock.GetUtcNow().AddHours(1) }, "a.example.org")));
        Assert.Equal("self-signed", Assert.Single(rig.Store.Certificates).Source);
        _clock.Advance(TimeSpan.FromHours(2));

        Assert.Empty(await rig.Store.ReloadAsync());
        Assert.NotEqual("self-signed", Assert.Single(rig.Store.Certificates).Source);
    }

    [Fact]
    public async Task An_unchanged_source_keeps_the_very_same_context()
    {
        await using var rig = Serve(Pem(_ca.Issue("a.example.org")));
        var before = rig.Store.Certificates[0].Handshake;

        await rig.Store.ReloadAsync();

        Assert.Same(before, rig.Store.Certificates[0].Handshake);
    }

    [Fact]
    public async Task Without_a_source_a_self_signed_one_is_made_and_said_aloud()
    {
        await using var rig = new TlsRig(TlsMode.None, static _ => Task.CompletedTask, static o => o.HostName = "mail.example.org", _clock);

        Assert.Equal(["mail.example.org"], Assert.Single(rig.Store.Certificates).Names);
        Assert.Contains(rig.Log, static line => line is { Id: 4003, Level: LogLevel.Warning });
    }

    [Fact]
    public async Task The_choice_is_explained_in_one_line()
    {
        using var leaf = _ca.Issue("*.example.org");
        await using var rig = Serve(Pem(leaf));

        var said = new CertificateSelector(rig.Store).Explain(IPAddress.Loopback, "Mail.Example.ORG.", canEcdsa: false);

        Assert.StartsWith("127.0.0.1, Mail.Example.ORG., cannot do ECDSA: wildcard; ECDSA is all there is -> ", said, StringComparison.Ordinal);
        Assert.Contains(leaf.Thumbprint, said, StringComparison.Ordinal);
        Assert.Contains("The handshake fails", said, StringComparison.Ordinal);
    }

    private TlsRig Serve(params CertificateSource[] sources) => new(
        TlsMode.None, static _ => Task.CompletedTask, options =>
        {
            foreach (var source in sources)
                options.Certificates.Add(source);
        }, _clock);

    private CertificateSource Pem(X509Certificate2 certificate, params X509Certificate2[] chain)
    {
        var (file, key) = TestCertificates.WritePem(_folder, certificate.Thumbprint, certificate, chain);
        return CertificateSource.FromPem(file, key);
    }

    private CertificateSource Pem(X509Certificate2 certificate, string? key = null, string? name = null)
    {
        name ??= Guid.NewGuid().ToString("N");
        return CertificateSource.FromPem(
            Write($"{name}.crt", certificate.ExportCertificatePem()), Write($"{name}.key", key ?? TestCertificates.KeyPem(certificate)));
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    private static CertificateSource Named(CertificateSource source, string name)
    {
        source.Names.Add(name);
        return source;
    }
}
