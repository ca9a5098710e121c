using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>A folder with an authority and one certificate for a.example.org; servers are made of it.</summary>
public abstract class OneCertificate : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private protected TestCertificates Ca { get; } = new();

    private protected string Folder => _folder.Path;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
        Ca.Dispose();
    }

    private protected async Task<TlsServer> StartAsync(
        TlsMode mode, CertificateWish? wish = null, Action<TlsOptions>? configure = null)
    {
        using var certificate = Ca.Issue(wish ?? new CertificateWish(), "a.example.org");
        return await StartAsync(mode, certificate, configure);
    }

    private protected Task<TlsServer> StartAsync(TlsMode mode, X509Certificate2 certificate, Action<TlsOptions>? configure = null, IPeerPolicy? peers = null)
    {
        var (file, key) = TestCertificates.WritePem(Folder, "a", certificate, Ca.Authority);
        return TlsServer.StartAsync(mode, options =>
        {
            options.Certificates.Add(CertificateSource.FromPem(file, key));
            configure?.Invoke(options);
        }, peers);
    }
}
