using System.Net;
using System.Security.Cryptography;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

public sealed class CertificateChoiceTests(CertificateChoiceServers servers) : IClassFixture<CertificateChoiceServers>
{
    public static TheoryData<bool, string, string?, bool, string> Choices()
    {
        var data = new TheoryData<bool, string, string?, bool, string>();
        foreach (var onDemand in new[] { false, true })
        {
            foreach (var ecdsa in new[] { true, false })
            {
                data.Add(onDemand, "127.0.0.1", "a.example.org", ecdsa, "a.example.org");
                data.Add(onDemand, "127.0.0.1", "b.example.org", ecdsa, "b.example.org");
                data.Add(onDemand, "127.0.0.1", null, ecdsa, "one.example.org");
                data.Add(onDemand, "127.0.0.2", "a.example.org", ecdsa, "a.example.org");
                data.Add(onDemand, "127.0.0.2", "b.example.org", ecdsa, "b.example.org");
                data.Add(onDemand, "127.0.0.2", null, ecdsa, "two.example.org");
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public async Task The_certificate_fits_address_name_and_key_type(bool onDemand, string address, string? name, bool ecdsa, string expected)
    {
        var server = onDemand ? servers.OnDemand : servers.Implicit;
        var arguments = (name is null ? "-noservername" : $"-servername {name}") + (onDemand ? " -starttls smtp" : "")
            + (ecdsa ? " -sigalgs ECDSA+SHA256" : " -sigalgs RSA-PSS+SHA256:RSA+SHA256");

        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            var said = await OpenSsl.ConnectAsync(server.At(address), $"{arguments} {version}");

            Assert.Contains($"subject=CN = {expected}", said, StringComparison.Ordinal);
            Assert.Contains($"Peer signature type: {(ecdsa ? "ECDSA" : "RSA-PSS")}", said, StringComparison.Ordinal);
            Assert.Contains("221 bye", said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("-sigalgs ECDSA+SHA256:RSA-PSS+SHA256 -groups P-256", "RSA-PSS")]
    [InlineData("-sigalgs ECDSA+SHA384:RSA-PSS+SHA256 -groups P-256:P-384", "ECDSA")]
    public async Task A_certificate_on_P384_is_for_clients_that_take_it(string flags, string keyType)
    {
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            var said = await OpenSsl.ConnectAsync(servers.Implicit.At("127.0.0.1"), $"{flags} {version} -servername p384.example.org");

            Assert.Contains($"Peer signature type: {keyType}", said, StringComparison.Ordinal);
            Assert.Contains("subject=CN = p384.example.org", said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("ECDHE-RSA-AES128-GCM-SHA256", "RSA")]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDSA")]
    public async Task A_cipher_that_names_the_key_type_gets_it(string cipher, string keyType)
    {
        var said = await OpenSsl.ConnectAsync(servers.Implicit.At("127.0.0.1"), $"-tls1_2 -cipher {cipher} -servername a.example.org");

        Assert.Contains($"Peer signature type: {keyType}", said, StringComparison.Ordinal);
    }
}

/// <summary>Two names everywhere and one for each address, each with an ECDSA and an RSA certificate.</summary>
public sealed class CertificateChoiceServers : IAsyncLifetime
{
    private readonly TestCertificates _ca = new();
    private readonly TemporaryFolder _folder = new();

    internal TlsServer Implicit { get; private set; } = null!;

    internal TlsServer OnDemand { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Implicit = await TlsServer.StartAsync(TlsMode.Implicit, Configure);
        OnDemand = await TlsServer.StartAsync(TlsMode.OnDemand, Configure);
    }

    public async ValueTask DisposeAsync()
    {
        await Implicit.DisposeAsync();
        await OnDemand.DisposeAsync();
        _folder.Dispose();
        _ca.Dispose();
    }

    private void Configure(TlsOptions options)
    {
        Add(options, "a.example.org");
        Add(options, "b.example.org");
        Add(options, "p384.example.org");
        Add(options, "one.example.org", IPAddress.Parse("127.0.0.1"));
        Add(options, "two.example.org", IPAddress.Parse("127.0.0.2"));
    }

    private static ECCurve CurveFor(string name) =>
        name.StartsWith("p384", StringComparison.Ordinal) ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256;

    private void Add(TlsOptions options, string name, params IPAddress[] addresses)
    {
        foreach (var ecdsa in new[] { true, false })
        {
            using var certificate = _ca.Issue(new CertificateWish { Ecdsa = ecdsa, Curve = CurveFor(name) }, name);
            var files = TestCertificates.WritePem(_folder.Path, $"{name}-{ecdsa}", certificate);
            var source = CertificateSource.FromPem(files.CertificateFile, files.KeyFile);
            foreach (var address in addresses)
                source.LocalAddresses.Add(address);
            options.Certificates.Add(source);
        }
    }
}
