using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class ManagedCertificatesTests : IDisposable
{
    private readonly TestCertificates _ca = new();
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("modus-tls-").FullName, "certificates");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly ManagedCertificates _managed;

    public ManagedCertificatesTests() => _managed = Open();

    public void Dispose()
    {
        _ca.Dispose();
        _managed.Dispose();
        Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
    }

    [Fact]
    public async Task What_is_put_is_served_at_once_and_again_by_the_next_process()
    {
        using var store = Serve(_managed);
        using var leaf = _ca.Issue("mail.example.org");
        var change = await PutAsync("mail", leaf);

        Assert.Equal(CertificateOutcome.Done, change.Outcome);
        Assert.Equal(leaf.Thumbprint, Assert.Single(store.Certificates).Leaf.Thumbprint);
        using var again = Open();
        using var next = Serve(again);
        Assert.Equal(leaf.Thumbprint, Assert.Single(next.Certificates).Leaf.Thumbprint);
        var kept = Assert.Single(again.List());
        Assert.Equal(("mail", CertificateOrigin.Import), (kept.Name, Assert.Single(kept.Keys).Origin));
    }

    [Fact]
    public async Task Nobody_else_may_look_into_the_folder_or_read_a_key()
    {
        await PutAsync("mail", _ca.Issue("mail.example.org"));
        if (OperatingSystem.IsWindows()) return;

        const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Mine | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        Assert.Equal(Mine | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(_folder, "mail")));
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "mail"))) Assert.Equal(Mine, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task What_somebody_gave_away_is_taken_back_at_the_next_look()
    {
        if (OperatingSystem.IsWindows()) return;
        using var store = Serve(_managed);
        await PutAsync("mail", _ca.Issue("mail.example.org"));
        var key = Directory.GetFiles(Path.Combine(_folder, "mail"), "*.key").Single();
        File.SetUnixFileMode(key, File.GetUnixFileMode(key) | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherExecute);

        Assert.Empty(await store.ReloadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(_folder) & UnixFileMode.OtherExecute);
    }

    [Fact]
    public async Task Both_kinds_of_keys_stand_side_by_side_and_share_their_binding()
    {
        using var store = Serve(_managed);
        await PutAsync("mail", _ca.Issue("mail.example.org"), new CertificateBinding { Addresses = [IPAddress.Parse("192.0.2.1")] });
        await PutAsync("mail", _ca.Issue(new CertificateWish { Ecdsa = false }, "mail.example.org"));

        Assert.Equal([true, false], store.Certificates.Select(static one => one.IsEcdsa));
        Assert.All(store.Certificates, static one => Assert.Equal([IPAddress.Parse("192.0.2.1")], one.LocalAddresses));
        Assert.Equal(2, Assert.Single(_managed.List()).Keys.Count);
    }

    [Fact]
    public async Task A_renewal_keeps_the_binding_and_leaves_no_file_of_the_old_one()
    {
        await PutAsync("mail", _ca.Issue("mail.example.org"), new CertificateBinding { Protocols = ["IMAP"], IsDefault = true });
        await PutAsync("mail", _ca.Issue("mail.example.org"));

        var binding = Assert.Single(_managed.List()).Binding;
        Assert.Equal(["imap"], binding.Protocols);
        Assert.True(binding.IsDefault);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "mail")).Length);
    }

    [Fact]
    public async Task A_replacement_that_is_refused_changes_nothing()
    {
        using var store = Serve(_managed);
        using var old = _ca.Issue("mail.example.org");
        await PutAsync("mail", old);
        using var expired = _ca.Issue(new CertificateWish { NotAfter = _clock.GetUtcNow().AddMinutes(-1) }, "mail.example.org");
        var change = await PutAsync("mail", expired);

        Assert.Equal(CertificateOutcome.Refused, change.Outcome);
        Assert.Equal(CertificateFaultKind.Expired, Assert.Single(change.Faults).Kind);
        Assert.Equal(old.Thumbprint, Assert.Single(store.Certificates).Leaf.Thumbprint);
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "mail")).Length);
    }

    [Fact]
    public async Task All_that_is_wrong_is_said_at_once()
    {
        using var poor = _ca.Issue(new CertificateWish { NotAfter = _clock.GetUtcNow().AddMinutes(-1), ForClients = true });

        Assert.Equal(
            [CertificateFaultKind.Expired, CertificateFaultKind.NotForServers, CertificateFaultKind.NoNames],
            (await PutAsync("mail", poor)).Faults.Select(static fault => fault.Kind));
    }

    [Fact]
    public async Task Whoever_insists_is_served_what_can_be_served_and_nothing_else()
    {
        using var store = Serve(_managed);
        using var expired = _ca.Issue(new CertificateWish { NotAfter = _clock.GetUtcNow().AddMinutes(-1) }, "mail.example.org");
        var taken = await _managed.PutAsync(Put("mail", expired) with { Force = true }, TestContext.Current.CancellationToken);
        var refused = await _managed.PutAsync(
            Put("other", _ca.Issue("other.example.org")) with { KeyPem = TestCertificates.KeyPem(_ca.Issue("x.example.org")), Force = true }, TestContext.Current.CancellationToken);

        Assert.Equal((CertificateOutcome.Done, CertificateFaultKind.Expired), (taken.Outcome, Assert.Single(taken.Faults).Kind));
        Assert.Equal((CertificateOutcome.Refused, CertificateFaultKind.WrongKey), (refused.Outcome, Assert.Single(refused.Faults).Kind));
        Assert.Equal(expired.Thumbprint, Assert.Single(store.Certificates).Leaf.Thumbprint);
        Assert.Empty(store.Faults);
        Assert.Equal([CertificateFaultKind.Expired], Assert.Single(_managed.List()).Keys[0].Tolerated);
    }

    [Fact]
    public async Task A_binding_counts_at_once_and_its_sessions_go_on()
    {
        using var store = Serve(_managed);
        await PutAsync("mail", _ca.Issue("*.example.org"));
        var before = Assert.Single(store.Certificates);
        var change = await _managed.BindAsync("mail", new CertificateBinding { Names = ["IMAP.example.org."] }, "test", TestContext.Current.CancellationToken);

        Assert.Equal(CertificateOutcome.Done, change.Outcome);
        var now = Assert.Single(store.Certificates);
        Assert.Equal(["imap.example.org"], now.Names);
        Assert.Same(before.Handshake, now.Handshake);
    }

    [Fact]
    public async Task A_certificate_is_not_bound_to_a_name_that_it_does_not_have()
    {
        await PutAsync("mail", _ca.Issue("mail.example.org"));
        var change = await _managed.BindAsync("mail", new CertificateBinding { Names = ["other.example.org"] }, "test", TestContext.Current.CancellationToken);

        Assert.Equal(CertificateFaultKind.NameMismatch, Assert.Single(change.Faults).Kind);
        Assert.Empty(Assert.Single(_managed.List()).Binding.Names);
    }

    [Fact]
    public async Task There_is_one_default_for_the_same_protocols()
    {
        await PutAsync("a", _ca.Issue("a.example.org"), new CertificateBinding { IsDefault = true });
        await PutAsync("b", _ca.Issue("b.example.org"), new CertificateBinding { IsDefault = true, Protocols = ["imap"] });
        await PutAsync("c", _ca.Issue("c.example.org"), new CertificateBinding { IsDefault = true });

        Assert.Equal(["b", "c"], _managed.List().Where(static one => one.Binding.IsDefault).Select(static one => one.Name));
    }

    [Fact]
    public async Task The_last_default_is_removed_only_for_whoever_insists()
    {
        using var store = Serve(_managed);
        await PutAsync("a", _ca.Issue("a.example.org"), new CertificateBinding { IsDefault = true });
        await PutAsync("b", _ca.Issue("b.example.org"));

        Assert.Equal(CertificateOutcome.LastDefault, (await _managed.RemoveAsync("a", force: false, "test", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(CertificateOutcome.Done, (await _managed.RemoveAsync("b", force: false, "test", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(CertificateOutcome.LastDefault, (await _managed.RemoveAsync("a", force: false, "test", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(CertificateOutcome.Done, (await _managed.RemoveAsync("a", force: true, "test", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(CertificateOutcome.NotFound, (await _managed.RemoveAsync("a", force: true, "test", TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal("self-signed", Assert.Single(store.Certificates).Source);
        Assert.Empty(Directory.GetDirectories(_folder));
    }

    [Fact]
    public async Task What_a_crash_left_is_not_there_and_goes_with_the_next_change()
    {
        using var old = _ca.Issue("mail.example.org");
        await PutAsync("mail", old);
        File.WriteAllText(Path.Combine(_folder, "mail", "ecdsa-000000000000.key"), "half a k");
        File.WriteAllText(Path.Combine(_folder, "mail", "certificate.json.new"), "{ \"form");
        Directory.CreateDirectory(Path.Combine(_folder, "never"));
        using var store = Serve(_managed);

        Assert.Equal(old.Thumbprint, Assert.Single(store.Certificates).Leaf.Thumbprint);
        await PutAsync("mail", _ca.Issue("mail.example.org"));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_folder, "mail")).Length);
        Assert.Equal("mail", Assert.Single(_managed.List()).Name);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_a_fault_and_what_was_served_stays()
    {
        using var store = Serve(_managed);
        using var leaf = _ca.Issue("mail.example.org");
        await PutAsync("mail", leaf);
        var record = Path.Combine(_folder, "mail", "certificate.json");
        var good = File.ReadAllText(record);
        File.WriteAllText(record, "{");

        Assert.Equal(CertificateFaultKind.Unreadable, Assert.Single(await store.ReloadAsync(TestContext.Current.CancellationToken)).Kind);
        Assert.Equal(leaf.Thumbprint, Assert.Single(store.Certificates).Leaf.Thumbprint);
        Assert.Equal(CertificateFaultKind.Unreadable, Assert.Single((await PutAsync("mail", leaf)).Faults).Kind);
        File.WriteAllText(record, good);
        Assert.Empty(await store.ReloadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".hidden")]
    [InlineData("A")]
    [InlineData("a..b")]
    public async Task A_name_that_is_no_folder_is_refused(string name) =>
        Assert.Equal(CertificateOutcome.InvalidName, (await PutAsync(name, _ca.Issue("mail.example.org"))).Outcome);

    [Fact]
    public async Task A_renewal_without_a_key_takes_that_of_the_certificate_before()
    {
        using var leaf = _ca.Issue("mail.example.org");
        var keyless = Put("mail", leaf) with { KeyPem = null };
        Assert.Equal(CertificateFaultKind.NoKey, Assert.Single((await _managed.PutAsync(keyless, TestContext.Current.CancellationToken)).Faults).Kind);
        await PutAsync("mail", leaf);

        Assert.Equal(CertificateOutcome.Done, (await _managed.PutAsync(keyless, TestContext.Current.CancellationToken)).Outcome);
        var other = keyless with { ChainPem = _ca.Issue("mail.example.org").ExportCertificatePem() };
        var fault = Assert.Single((await _managed.PutAsync(other, TestContext.Current.CancellationToken)).Faults);
        Assert.Contains("none of those that mail has", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_weak_key_is_refused_whatever_the_machine_says()
    {
        using var weak = _ca.Issue(new CertificateWish { RsaBits = 1024 }, "mail.example.org");
        using var old = _ca.Issue(new CertificateWish { Hash = HashAlgorithmName.SHA1 }, "mail.example.org");

        Assert.Equal(CertificateFaultKind.Weak, (await PutAsync("mail", weak)).Faults[0].Kind);
        Assert.Equal(CertificateFaultKind.Weak, (await PutAsync("mail", old)).Faults[0].Kind);
    }

    [Fact]
    public async Task What_is_put_by_command_goes_before_what_is_configured_and_a_last_resort_behind_both()
    {
        var (file, key) = TestCertificates.WritePem(Path.GetDirectoryName(_folder)!, "configured", _ca.Issue("mail.example.org"));
        using var last = Serve(_managed, new CertificateSource { CertificateFile = file, KeyFile = key, IsLastResort = true });
        Assert.Equal(file, Assert.Single(last.Certificates).Source);
        using var configured = Serve(_managed, CertificateSource.FromPem(file, key));
        using var leaf = _ca.Issue("mail.example.org", "b.example.org");
        await PutAsync("mail", leaf);
        await last.ReloadAsync(TestContext.Current.CancellationToken); // the folder tells one store alone

        Assert.Equal(leaf.Thumbprint, Assert.Single(last.Certificates).Leaf.Thumbprint);
        var selector = new CertificateSelector(configured);
        Assert.Equal(leaf.Thumbprint, selector.Select(null, "mail.example.org", canEcdsa: true)!.Value.Certificate.Leaf.Thumbprint);
        Assert.Equal(file, selector.Select(null, null, canEcdsa: true)!.Value.Certificate.Source);
    }

    private ManagedCertificates Open() => new(_folder, _clock, NullLogger<ManagedCertificates>.Instance);

    private CertificateStore Serve(ManagedCertificates managed, params CertificateSource[] sources)
    {
        var options = new TlsOptions();
        foreach (var source in sources) options.Certificates.Add(source);
        return new CertificateStore(Options.Create(options), _clock, NullLogger<CertificateStore>.Instance, managed);
    }

    private Task<CertificateChange> PutAsync(string name, X509Certificate2 leaf, CertificateBinding? binding = null) =>
        _managed.PutAsync(Put(name, leaf) with { Binding = binding }, TestContext.Current.CancellationToken);

    private static CertificatePut Put(string name, X509Certificate2 leaf) =>
        new(name, leaf.ExportCertificatePem(), TestCertificates.KeyPem(leaf), CertificateOrigin.Import, "test");
}
