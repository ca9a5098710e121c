using System.Net.Security;
using System.Security.Authentication;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Connections;
using Modus.Testing;
using Modus.Testing.Tls;
using Modus.Tls;

namespace Modus.Benchmarks.Tls;

/// <summary>
/// A whole connection over pipes: handshake, one byte each way, close. Both ends are in the figure; the server's part alone is
/// measured from outside.
/// </summary>
[MemoryDiagnoser]
#pragma warning disable CA1001 // GlobalCleanup disposes
public class HandshakeBenchmarks
#pragma warning restore CA1001
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modus-bench-").FullName;
    private TestCertificates _ca = null!;
    private TlsRig _rig = null!;

    [Params(SslProtocols.Tls12, SslProtocols.Tls13)]
    public SslProtocols Version { get; set; }

    [Params(true, false)]
    public bool Ecdsa { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _ca = new TestCertificates();
        var leaf = _ca.Issue(new CertificateWish { Ecdsa = Ecdsa }, "a.example.org");
        var (file, key) = TestCertificates.WritePem(_folder, "a", leaf);
        _rig = new TlsRig(TlsMode.Implicit, AnswerAsync, o =>
        {
            o.Certificates.Add(CertificateSource.FromPem(file, key));
            o.MaxHandshakesPerAddress = 1_000;
        });
    }

    [GlobalCleanup]
    public async Task Cleanup()
    {
        await _rig.DisposeAsync();
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public Task Full() => ConnectAsync(resume: false);

    [Benchmark]
    public Task Resumed() => ConnectAsync(resume: true);

    private async Task ConnectAsync(bool resume)
    {
        var connection = _rig.Connect();
        await using var client = new SslStream(connection.Client);
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "a.example.org",
            EnabledSslProtocols = Version,
            AllowTlsResume = resume,
            RemoteCertificateValidationCallback = IsOurs,
        });
        await client.WriteAsync(new byte[1]);
        _ = await client.ReadAsync(new byte[1]);
        await client.ShutdownAsync();
        connection.HangUp();
        await connection.Served;
    }

    // The client's chain building would be most of the figure.
    private static bool IsOurs(
        object sender, System.Security.Cryptography.X509Certificates.X509Certificate? certificate,
        System.Security.Cryptography.X509Certificates.X509Chain? chain, SslPolicyErrors errors) =>
        certificate?.Subject == "CN=a.example.org";

    private static async Task AnswerAsync(ConnectionContext connection)
    {
        var read = await connection.Transport.Input.ReadAsync();
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        await connection.Transport.Output.WriteAsync(new byte[1]);
        _ = await connection.Transport.Input.ReadAsync();
    }
}
