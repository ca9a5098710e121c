using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Cli;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus cert ca</c> without a server.</summary>
public sealed class CertAuthorityCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_authority_issues_for_this_server_which_serves_it()
    {
        using var authority = await CreateAsync("--subject", "CN=Gateways, O=Example");
        var issue = await RunAsync("cert", "ca", "issue", "gateways", "gate.example.org", "--key", "rsa2048");
        Assert.Equal((ExitCode.Done, ""), (issue.Code, issue.Error));

        var row = Assert.Single((await RunAsync("cert", "list", "--json")).Json.GetProperty("certificates").EnumerateArray());
        Assert.Equal(("gate.example.org", "ca", "RSA 2048"), (row.GetProperty("name").GetString(), row.GetProperty("origin").GetString(), row.GetProperty("key").GetString()));
        var pem = (await RunAsync("cert", "show", "gate.example.org", "--pem")).Out;
        Assert.Empty(FaultsOf(authority, pem));
        Assert.Equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], UsagesOf(pem));
        var listed = Assert.Single(Assert.Single((await RunAsync("cert", "ca", "list", "--json")).Json.EnumerateArray()).GetProperty("issued").EnumerateArray());
        Assert.Equal(row.GetProperty("keySha256").GetString(), listed.GetProperty("keySha256").GetString());
        Assert.Contains("gate.example.org", (await RunAsync("cert", "ca", "show", "gateways")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client", "1.3.6.1.5.5.7.3.2")]
    [InlineData("server", "1.3.6.1.5.5.7.3.1")]
    public async Task A_request_is_answered_with_what_it_is_for_and_its_names_alone(string usage, string oid)
    {
        using var authority = await CreateAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("other.example.org");
        var request = new CertificateRequest("CN=other.example.org", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true)); // asked for, and not given
        var run = await RunAsync("cert", "ca", "issue", "gateways", "--csr", _folder.Write("a.csr", request.CreateSigningRequestPem()), "--usage", usage, "--days", "30");

        Assert.Equal(ExitCode.Done, run.Code);
        using var issued = X509Certificate2.CreateFromPem(run.Out);
        Assert.Empty(FaultsOf(authority, run.Out));
        Assert.Equal([oid], UsagesOf(run.Out));
        Assert.True(issued.MatchesHostname("other.example.org"));
        Assert.False(issued.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), issued.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.InRange((issued.NotAfter - DateTime.Now).TotalDays, 29.9, 30.1);
    }

    [Fact]
    public async Task For_another_server_certificate_and_key_are_written_for_this_account_alone()
    {
        using var authority = await CreateAsync();
        var path = Path.Combine(_folder.Path, "gate2");
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "ca", "issue", "gateways", "gate2.example.org", "--out", path)).Code);

        using var pair = X509Certificate2.CreateFromPemFile(path + ".crt", path + ".key");
        Assert.True(pair.HasPrivateKey);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path + ".key"));
        Assert.Contains("would be lost", (await RunAsync("cert", "ca", "issue", "gateways", "gate2.example.org", "--out", path)).Error, StringComparison.Ordinal);
        Assert.NotEqual(ExitCode.Done, (await RunAsync("cert", "ca", "issue", "nobody", "gate2.example.org", "--out", path + "-x")).Code);
        Assert.False(File.Exists(path + "-x.key"));
    }

    [Fact]
    public async Task An_authority_that_may_issue_for_some_domains_does_so_and_peers_see_to_it()
    {
        using var authority = await CreateAsync("--permit", "example.org", "--permit", "example.net");
        Assert.Contains("not for gate.example.com", (await RunAsync("cert", "ca", "issue", "gateways", "gate.example.com")).Error, StringComparison.Ordinal);
        Assert.Contains("not for badexample.org", (await RunAsync("cert", "ca", "issue", "gateways", "badexample.org")).Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("cert", "ca", "issue", "gateways", "gate.example.org", "*.example.net", "--as", "gate")).Code);
        Assert.Empty(FaultsOf(authority, (await RunAsync("cert", "show", "gate", "--pem")).Out));
        Assert.Equal(["example.org", "example.net"], Assert.Single((await RunAsync("cert", "ca", "list", "--json")).Json.EnumerateArray()).GetProperty("domains").EnumerateArray().Select(static one => one.GetString()));

        // As if somebody had stolen its key.
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(_folder.Path, "authorities", "gateways", "authority.key")));
        using var signing = authority.CopyWithPrivateKey(key);
        using var leaf = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=x", leaf, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("gate.example.com");
        request.CertificateExtensions.Add(names.Build());
        using var forged = request.Create(signing, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddDays(1), [1]);
        Assert.NotEmpty(FaultsOf(authority, forged.ExportCertificatePem()));
    }

    [Theory]
    [InlineData("already", "cert", "ca", "create", "gateways")]
    [InlineData("no name for an authority", "cert", "ca", "create", "../x")]
    [InlineData("no authority nobody", "cert", "ca", "issue", "nobody", "a.example.org")]
    [InlineData("no authority nobody", "cert", "ca", "show", "nobody")]
    [InlineData("Name a host", "cert", "ca", "issue", "gateways")]
    [InlineData("not served here", "cert", "ca", "issue", "gateways", "a.example.org", "--usage", "client")]
    [InlineData("cannot be made of that", "cert", "ca", "create", "other", "--subject", "nonsense")]
    [InlineData("without *", "cert", "ca", "create", "other", "--permit", "*.example.org")]
    public async Task What_cannot_be_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        using var authority = await CreateAsync();
        var run = await RunAsync(arguments);
        Assert.NotEqual(ExitCode.Done, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private async Task<X509Certificate2> CreateAsync(params string[] options)
    {
        var run = await RunAsync(["cert", "ca", "create", "gateways", .. options]);
        Assert.Equal(ExitCode.Done, run.Code);
        Assert.DoesNotContain("PRIVATE", run.Out, StringComparison.Ordinal);
        return X509Certificate2.CreateFromPem(run.Out);
    }

    // What a peer that trusts the authority alone has against the certificate.
    private static List<string> FaultsOf(X509Certificate2 authority, string pem)
    {
        using var leaf = X509Certificate2.CreateFromPem(pem);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf) ? [] : [.. chain.ChainStatus.Select(static one => $"{one.Status}")];
    }

    private static IEnumerable<string?> UsagesOf(string pem)
    {
        using var leaf = X509Certificate2.CreateFromPem(pem);
        return [.. leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(static oid => oid.Value)];
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
