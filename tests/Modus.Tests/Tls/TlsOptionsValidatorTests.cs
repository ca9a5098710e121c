using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class TlsOptionsValidatorTests
{
    [Fact]
    public void The_defaults_are_right() =>
        Assert.True(new TlsOptionsValidator().Validate(null, new TlsOptions { HostName = "mail.example.org" }).Succeeded);

    [Fact]
    public void All_faults_come_at_once()
    {
        var options = new TlsOptions
        {
            HostName = "not a name",
            MinimumVersion = (TlsVersion)7,
            ClientCertificates = (ClientCertificates)7,
            HandshakeTimeout = TimeSpan.Zero,
            ReloadInterval = TimeSpan.FromDays(2),
            MaxConcurrentHandshakes = 0,
            MaxHandshakesPerAddress = -1,
            MaxClientHello = 1,
        };
        options.Certificates.Add(new CertificateSource());
        var both = new CertificateSource { CertificateFile = "a", PfxFile = "b", Password = "p", PasswordFile = "f" };
        both.Names.Add("a..b");
        options.Certificates.Add(both);
        options.Certificates.Add(new CertificateSource { KeyFile = "k", Thumbprint = "t", Subject = "s" });

        var faults = new TlsOptionsValidator().Validate(null, options).Failures!.ToArray();

        Assert.Equal(14, faults.Length);
        Assert.All(faults, static fault => Assert.StartsWith("Tls:", fault, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, static fault => fault.Contains("'p'", StringComparison.Ordinal));
    }

    [Fact]
    public void Adding_the_room_twice_adds_it_once_and_applies_both_settings()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddModusTls(static o => o.MaxClientHello = 1024).AddModusTls(static o => o.HostName = "a.example.org");
        var once = new ServiceCollection().AddLogging().AddModusTls(static _ => { });

        using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptions<TlsOptions>>().Value;

        Assert.Equal((1024, "a.example.org"), (options.MaxClientHello, options.HostName));
        Assert.Single(services, static s => s.ServiceType == typeof(CertificateStore));
        Assert.Equal(
            once.Count(static s => s.ServiceType.Name == "IHostedService"), services.Count(static s => s.ServiceType.Name == "IHostedService"));
    }
}
