using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Cli;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus cert</c> without a server.</summary>
public sealed class CertCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestCertificates _ca = new();

    public void Dispose()
    {
        _folder.Dispose();
        _ca.Dispose();
    }

    [Fact]
    public async Task A_certificate_is_taken_in_listed_shown_bound_and_removed()
    {
        using var leaf = _ca.Issue("mail.example.org", "*.example.org");
        var (file, key) = TestCertificates.WritePem(_folder.Path, "new", leaf);
        var import = await RunAsync("cert", "import", file, "--key", key, "--protocol", "imap", "--default");
        Assert.Equal((ExitCode.Done, ""), (import.Code, import.Error));

        var row = Assert.Single((await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates").EnumerateArray());
        Assert.Equal(("mail.example.org", "import", 89), (row.GetProperty("name").GetString(), row.GetProperty("origin").GetString(), row.GetProperty("daysLeft").GetInt32()));
        Assert.Equal($"3 1 1 {KeyPin.Of(leaf)}", row.GetProperty("tlsa").GetString());
        Assert.Equal(Convert.ToHexStringLower(leaf.GetCertHash(HashAlgorithmName.SHA256)), row.GetProperty("sha256").GetString());
        Assert.Equal("imap", Assert.Single(row.GetProperty("binding").GetProperty("protocols").EnumerateArray()).GetString());

        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "bind", "mail.example.org", "--ip", "192.0.2.1", "--protocol", "any", "--no-default")).Code);
        var shown = (await RunAsync("cert", "show", "mail.example.org")).Out;
        Assert.Contains("mail.example.org, *.example.org on 192.0.2.1\n", shown, StringComparison.Ordinal);
        Assert.Contains($"_25._tcp.mail.example.org. IN TLSA 3 1 1 {KeyPin.Of(leaf)}", shown, StringComparison.Ordinal);
        Assert.Contains(leaf.ExportCertificatePem(), (await RunAsync("cert", "show", "mail.example.org", "--pem")).Out, StringComparison.Ordinal);

        Assert.Contains("insist with --force", (await RunAsync("cert", "remove", "mail.example.org")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "remove", "mail.example.org", "--force")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("cert", "show", "mail.example.org")).Code);
    }

    [Theory]
    [InlineData("ecdsa", "EC")]
    [InlineData("rsa2048", "RSA")]
    public async Task A_requested_certificate_joins_its_key_which_never_left(string kind, string word)
    {
        var run = await RunAsync("cert", "csr", "mail.example.org", "imap.example.org", "--as", "mail", "--key", kind, "--subject", "O=Example, C=BE");
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.DoesNotContain("PRIVATE", run.Out + run.Error, StringComparison.Ordinal);
        var request = CertificateRequest.LoadSigningRequestPem(
            run.Out, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
        Assert.Contains("CN=mail.example.org", request.SubjectName.Name, StringComparison.Ordinal);
        Assert.Contains("O=Example", request.SubjectName.Name, StringComparison.Ordinal);
        Assert.Contains(request.CertificateExtensions.OfType<X509EnhancedKeyUsageExtension>(), static usage => usage.EnhancedKeyUsages.Cast<Oid>().Any(static oid => oid.Value == "1.3.6.1.5.5.7.3.1"));
        Assert.Contains("mail", (await RunAsync("cert", "list")).Out.Split('\n').Single(static line => line.StartsWith("Waiting:", StringComparison.Ordinal)), StringComparison.Ordinal);

        var tlsa = $"3 1 1 {Convert.ToHexStringLower(SHA256.HashData(request.PublicKey.ExportSubjectPublicKeyInfo()))}";
        Assert.Contains(tlsa, (await RunAsync("cert", "show", "mail")).Out, StringComparison.Ordinal);

        var issued = Sign(request);
        var stranger = _folder.Write("stranger.crt", _ca.Issue("mail.example.org").ExportCertificatePem());
        Assert.Contains("none of those that mail has", (await RunAsync("cert", "import", stranger, "--for", "mail")).Error, StringComparison.Ordinal);
        var import = await RunAsync("cert", "import", _folder.Write("issued.crt", issued), "--for", "mail");
        Assert.Equal((ExitCode.Done, ""), (import.Code, import.Error));
        var list = (await RunAsync("cert", "list", "--json")).Json;
        var row = Assert.Single(list.GetProperty("certificates").EnumerateArray());
        Assert.Equal("csr", row.GetProperty("origin").GetString());
        Assert.Contains(word, row.GetProperty("key").GetString(), StringComparison.Ordinal);
        Assert.Empty(list.GetProperty("pending").EnumerateArray());

        var again = CertificateRequest.LoadSigningRequestPem(
            (await RunAsync("cert", "csr", "mail.example.org", "--as", "mail", "--key", kind, "--reuse-key")).Out,
            HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
        Assert.Equal(request.PublicKey.ExportSubjectPublicKeyInfo(), again.PublicKey.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public async Task A_pfx_is_taken_in_with_its_password_and_its_chain()
    {
        using var intermediate = _ca.Intermediate();
        using var leaf = intermediate.Issue("mail.example.org");
        using var above = X509CertificateLoader.LoadCertificate(intermediate.Authority.RawData);
        var pfx = Path.Combine(_folder.Path, "a.pfx");
        File.WriteAllBytes(pfx, new X509Certificate2Collection { above, leaf }.Export(X509ContentType.Pkcs12, "secret")!);
        var password = _folder.Write("password", "secret\n");

        Assert.Contains("WrongPassword", (await RunAsync("cert", "import", pfx, "--password-file", _folder.Write("other", "wrong"))).Error, StringComparison.Ordinal);
        Assert.Contains("give --password-file", (await RunAsync("cert", "import", pfx)).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "import", pfx, "--password-file", password)).Code);
        var row = Assert.Single((await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates").EnumerateArray());
        Assert.Equal(intermediate.Authority.Subject, Assert.Single(row.GetProperty("chain").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task An_encrypted_key_is_opened_and_kept_open_in_the_folder()
    {
        using var leaf = _ca.Issue("mail.example.org");
        using var key = leaf.GetECDsaPrivateKey()!;
        var file = _folder.Write("a.crt", leaf.ExportCertificatePem());
        var encrypted = _folder.Write("a.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));

        Assert.Contains("there is no terminal", (await RunAsync("cert", "import", file, "--key", encrypted)).Error, StringComparison.Ordinal);
        Assert.Contains("another password", (await CommandRun.RunAsync("wrong\n", "cert", "import", file, "--key", encrypted, "--password-stdin", "--data", _folder.Path)).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("secret\n", "cert", "import", file, "--key", encrypted, "--password-stdin", "--data", _folder.Path)).Code);
    }

    [Fact]
    public async Task One_of_the_platforms_store_is_taken_in_by_thumbprint_and_by_subject()
    {
        var name = $"m{Guid.NewGuid():N}.example.org";
        using var issued = _ca.Issue(name);
        using var kept = X509CertificateLoader.LoadPkcs12(
            issued.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.PersistKeySet | X509KeyStorageFlags.Exportable);
        using var store = new X509Store(StoreName.My, OperatingSystem.IsWindows() ? StoreLocation.LocalMachine : StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(kept);
        try
        {
            Assert.Equal(ExitCode.Done, (await RunAsync("cert", "import", "--store-thumbprint", kept.Thumbprint)).Code);
            Assert.Equal(ExitCode.Done, (await RunAsync("cert", "import", "--store-subject", name, "--as", "again")).Code);
        }
        finally
        {
            store.Remove(kept);
        }

        Assert.Contains("NotFound: The store has no certificate", (await RunAsync("cert", "import", "--store-thumbprint", kept.Thumbprint)).Error, StringComparison.Ordinal);
        Assert.Equal([name, name], (await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates").EnumerateArray().Select(static row => row.GetProperty("names")[0].GetString()));
    }

    public static TheoryData<string, string> WrongImports => new()
    {
        { "garbage", "Garbage: There is no PEM certificate" },
        { "no key", "NoKey: There is no private key" },
        { "wrong key", "WrongKey: The private key belongs to another" },
        { "broken key", "Garbage: The private key cannot be read" },
        { "expired", "Expired: It expired at" },
        { "not yet valid", "NotYetValid: It is valid from" },
        { "missing intermediate", "MissingIntermediate: The certificate of its issuer" },
        { "another's intermediate", "BrokenChain: The certificate" },
        { "no matching name", "NameMismatch: It is for mail.example.org, but configured for other.example.org" },
        { "no names", "NoNames: It has no subject alternative name" },
        { "weak key", "Weak: Its RSA key has 1024 bits" },
        { "weak signature", "Weak: It is signed with SHA-1" },
        { "for clients", "NotForServers: Its extended key usage" },
        { "absent", "Unreadable: " },
        { "endless", "Garbage: /dev/zero is larger than" },
    };

    [Theory]
    [MemberData(nameof(WrongImports))]
    public async Task Each_wrong_import_is_refused_with_its_own_reason_and_so_says_check(string what, string reason)
    {
        var (file, key) = Wrong(what);
        string[] name = what == "no matching name" ? ["--name", "other.example.org"] : [];
        string[] files = key is null ? [file] : [file, "--key", key];
        var import = await RunAsync(["cert", "import", .. files, .. name, "--as", "mail"]);
        var check = await RunAsync(["cert", "check", .. files, .. name]);

        Assert.Equal(ExitCode.Fault, import.Code);
        Assert.Contains(reason, import.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, check.Code);
        Assert.Contains(reason, check.Out + check.Error, StringComparison.Ordinal);
        var list = (await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates").EnumerateArray();
        Assert.DoesNotContain(list, static row => row.GetProperty("origin").GetString() == "import");
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_said_and_nothing_breaks()
    {
        _folder.Write("certificates", "a file where the folder should be");
        var run = await RunAsync("cert", "selfsign", "mail.example.org");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains($"The certificates and keys in {_folder.Path} cannot be used", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_takes_in_a_key_that_others_may_have_read_is_told()
    {
        if (OperatingSystem.IsWindows()) return;
        var (file, key) = TestCertificates.WritePem(_folder.Path, "open", _ca.Issue("mail.example.org"));
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var run = await RunAsync("cert", "import", file, "--key", key);

        Assert.Equal(ExitCode.Done, run.Code);
        Assert.Contains("(mode 0404)", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expired", true)]
    [InlineData("missing intermediate", true)]
    [InlineData("no names", true)]
    [InlineData("wrong key", false)]
    [InlineData("garbage", false)]
    public async Task Force_takes_what_can_be_served(string what, bool isTaken)
    {
        var (file, key) = Wrong(what);
        var run = await RunAsync("cert", "import", file, "--key", key ?? file, "--as", "mail", "--force");

        Assert.Equal(isTaken ? ExitCode.Done : ExitCode.Fault, run.Code);
        if (isTaken) Assert.Contains("Overlooked: ", run.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, (await RunAsync("cert", "check")).Code);
    }

    [Theory]
    [InlineData(0, "It can be taken in. Nothing in it, and no root that this machine trusts, is CN=Modus Test Intermediate")]
    [InlineData(1, "It can be taken in. Nothing in it, and no root that this machine trusts, is CN=Modus Test CA")]
    [InlineData(2, "Complete: it can be taken in.")]
    public async Task A_chain_that_ends_nowhere_is_told_of(int above, string words)
    {
        using var intermediate = _ca.Intermediate();
        using var leaf = intermediate.Issue("mail.example.org");
        var (file, key) = TestCertificates.WritePem(_folder.Path, "chain", leaf, [.. new[] { intermediate.Authority, _ca.Authority }.Take(above)]);

        var check = await RunAsync("cert", "check", file, "--key", key);
        Assert.Equal(ExitCode.Done, check.Code);
        Assert.Contains(words, check.Out, StringComparison.Ordinal);
        var import = await RunAsync("cert", "import", file, "--key", key);
        Assert.Equal((ExitCode.Done, above < 2), (import.Code, import.Out.Contains("put its certificate behind it", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_request_that_cannot_be_written_where_it_is_wanted_is_printed_and_the_exit_code_says_so()
    {
        var run = await RunAsync("cert", "csr", "mail.example.org", "--out", Path.Combine(_folder.Path, "nowhere", "x.csr"));
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.StartsWith("-----BEGIN CERTIFICATE REQUEST-----", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_first_start_nothing_is_said_to_be_wrong_but_that_there_is_no_certificate()
    {
        var file = _folder.Write("modus.json", $$"""{ "hostname": "mail.example.org", "dataFolder": "{{_folder.Path}}/new" }""");
        var check = await CommandRun.RunAsync("", "cert", "check", "--config", file);
        Assert.Equal((ExitCode.Fault, "self-signed (ECDSA 256): self-signed, for want of another. Mail servers take it, mail programs warn about it.\n"), (check.Code, check.Out));
        Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("", "cert", "selfsign", "mail.example.org", "--config", file)).Code);
        Assert.Equal(ExitCode.Done, (await CommandRun.RunAsync("", "cert", "check", "--config", file)).Code);
    }

    [Fact]
    public async Task A_self_signed_one_is_made_and_check_tells_of_names_that_nothing_covers()
    {
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "selfsign", "mail.example.org", "*.example.net", "--days", "400", "--key", "rsa2048")).Code);
        var good = await RunAsync("cert", "check", "--name", "mail.example.org", "--name", "a.example.net");
        Assert.Equal((ExitCode.Done, "mail.example.org (RSA 2048): good for 399 days.\n"), (good.Code, good.Out));
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "bind", "mail.example.org", "--protocol", "https")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "check", "--name", "Mail.example.org", "--name", "*.example.net")).Code);
        Assert.Contains("No certificate has the name a.b.example.net", (await RunAsync("cert", "check", "--name", "a.b.example.net")).Out, StringComparison.Ordinal);
        Assert.Contains("no host name", (await RunAsync("cert", "check", "--name", "a b")).Error, StringComparison.Ordinal);
        Assert.Contains("No certificate has the name b.example.org", (await RunAsync("cert", "check", "--name", "b.example.org")).Out, StringComparison.Ordinal);
        Assert.Contains("expires in 399 days", (await RunAsync("cert", "check", "--days", "400")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no IP address", "cert", "selfsign", "a.example.org", "--ip", "x")]
    [InlineData("no IP address", "cert", "selfsign", "a.example.org", "--ip", "10.1")]
    [InlineData("no host name", "cert", "csr", "192.0.2.1", "--as", "x")]
    [InlineData("no host name", "cert", "selfsign", "a b")]
    [InlineData("no host name", "cert", "csr", "a b", "--as", "x")]
    [InlineData("no name for a certificate", "cert", "csr", "a.example.org", "--as", "../x")]
    [InlineData("not recognized", "cert", "bind", "x", "--protocol", "ftp")]
    [InlineData("Name the certificate's file", "cert", "import")]
    public async Task What_cannot_be_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private (string File, string? Key) Wrong(string what)
    {
        var now = DateTimeOffset.UtcNow;
        using var stranger = new TestCertificates("Stranger");
        using var intermediate = _ca.Intermediate();
        using var forged = _ca.Intermediate(like: intermediate);
        using var leaf = what switch
        {
            "expired" => _ca.Issue(new CertificateWish { NotAfter = now.AddMinutes(-1) }, "mail.example.org"),
            "not yet valid" => _ca.Issue(new CertificateWish { NotBefore = now.AddMinutes(5) }, "mail.example.org"),
            "missing intermediate" => _ca.Issue(new CertificateWish { IssuerUrl = "http://ca.invalid/ca.crt" }, "mail.example.org"),
            "another's intermediate" => intermediate.Issue("mail.example.org"),
            "no names" => _ca.Issue(),
            "weak key" => _ca.Issue(new CertificateWish { RsaBits = 1024 }, "mail.example.org"),
            "weak signature" => _ca.Issue(new CertificateWish { Hash = HashAlgorithmName.SHA1 }, "mail.example.org"),
            "for clients" => _ca.Issue(new CertificateWish { ForClients = true }, "mail.example.org"),
            _ => _ca.Issue("mail.example.org"),
        };
        var (file, key) = what == "another's intermediate"
            ? TestCertificates.WritePem(_folder.Path, "wrong", leaf, forged.Authority)
            : TestCertificates.WritePem(_folder.Path, "wrong", leaf);
        return what switch
        {
            "garbage" => (_folder.Write("garbage", "no certificate at all"), key),
            "absent" => (Path.Combine(_folder.Path, "absent"), key),
            "endless" => ("/dev/zero", key),
            "no key" => (file, null),
            "wrong key" => (file, _folder.Write("other.key", TestCertificates.KeyPem(_ca.Issue("mail.example.org")))),
            "broken key" => (file, _folder.Write("broken.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")),
            _ => (file, key),
        };
    }

    // As an authority would: the names and the key of the request, the rest its own.
    private string Sign(CertificateRequest request)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_ca.Authority, true, false));
        using var signer = _ca.Authority.GetECDsaPrivateKey()!;
        using var issued = request.Create(
            _ca.Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(90), [1, 2, 3]);
        return issued.ExportCertificatePem();
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
