using System.Net;
using System.Net.Security;
using BenchmarkDotNet.Attributes;
using Modus.Testing;
using Modus.Tls;

namespace Modus.Benchmarks.Tls;

/// <summary>The choice among many certificates: look-ups, no allocation.</summary>
[MemoryDiagnoser]
public class SelectorBenchmarks
{
    private readonly IPAddress _local = IPAddress.Parse("192.0.2.1");
    private CertificateSnapshot _snapshot = CertificateSnapshot.Empty;

    [Params(2, 1_000)]
    public int Certificates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var ca = new TestCertificates();
        var leaf = ca.Issue("any.example.org");
        _snapshot = new CertificateSnapshot([.. Enumerable.Range(0, Certificates).Select(i => new ServerCertificate(
            new CertificateSource { CertificateFile = $"{i}" },
            new CertificateMaterial(leaf, [], IsEcdsa: true, $"{i}"),
            [i == 0 ? "*.example.org" : $"mail{i}.example.net"],
            new SslServerAuthenticationOptions(),
            static _ => new()))]);
    }

    [Benchmark]
    public SelectionRule? Name() => _snapshot.Select(_local, "mail1.example.net", EcdsaCurves.All)?.Binding;

    [Benchmark]
    public SelectionRule? Wildcard() => _snapshot.Select(_local, "mail.example.org", EcdsaCurves.All)?.Binding;

    [Benchmark]
    public SelectionRule? Default() => _snapshot.Select(_local, "unknown.test", EcdsaCurves.All)?.Binding;
}
