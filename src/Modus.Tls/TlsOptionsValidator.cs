using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>Finds all faults of the settings at once. What is in the files is the store's business.</summary>
internal sealed class TlsOptionsValidator : IValidateOptions<TlsOptions>
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(100);

    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        var faults = new List<string>();
        if (!HostNames.IsValid(options.HostName) || HostNames.IsWildcard(options.HostName))
            faults.Add($"Tls:HostName is '{options.HostName}': give a host name such as mail.example.org.");
        if (!Enum.IsDefined(options.MinimumVersion))
            faults.Add($"Tls:MinimumVersion is {options.MinimumVersion}: give Tls12 or Tls13.");
        if (!Enum.IsDefined(options.ClientCertificates))
            faults.Add($"Tls:ClientCertificates is {options.ClientCertificates}: give None or Optional.");
        CheckTime(faults, nameof(options.HandshakeTimeout), options.HandshakeTimeout, Short, TimeSpan.FromMinutes(5));
        CheckTime(faults, nameof(options.ReloadInterval), options.ReloadInterval, Short, TimeSpan.FromDays(1));
        CheckNumber(faults, nameof(options.MaxConcurrentHandshakes), options.MaxConcurrentHandshakes, 1, 100_000);
        CheckNumber(faults, nameof(options.MaxHandshakesPerAddress), options.MaxHandshakesPerAddress, 1, 100_000);
        CheckNumber(faults, nameof(options.MaxClientHello), options.MaxClientHello, 512, 128 * 1024);
        for (var i = 0; i < options.Certificates.Count; i++)
            CheckSource(faults, $"Tls:Certificates:{i}", options.Certificates[i]);
        return faults.Count > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
    }

    private static void CheckTime(List<string> faults, string name, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
            faults.Add($"Tls:{name} is {value}: give a time from {least} to {most}.");
    }

    private static void CheckNumber(List<string> faults, string name, int value, int least, int most)
    {
        if (value < least || value > most)
            faults.Add($"Tls:{name} is {value}: give a number from {least} to {most}.");
    }

    private static void CheckSource(List<string> faults, string path, CertificateSource source)
    {
        var kinds = (source.CertificateFile is null ? 0 : 1) + (source.PfxFile is null ? 0 : 1)
            + (source.Thumbprint is null && source.Subject is null ? 0 : 1);
        if (kinds != 1)
            faults.Add($"{path} names {kinds} sources: give exactly one of CertificateFile, PfxFile, and Thumbprint or Subject.");
        if (source.Thumbprint is not null && source.Subject is not null)
            faults.Add($"{path} has both Thumbprint and Subject: give one.");
        if (source.KeyFile is not null && source.CertificateFile is null)
            faults.Add($"{path}:KeyFile is '{source.KeyFile}' without a CertificateFile: give the certificate's file too.");
        if (source.Password is not null && source.PasswordFile is not null)
            faults.Add($"{path} has both Password and PasswordFile: give one.");
        foreach (var name in source.Names.Where(static n => !HostNames.IsValid(n)))
            faults.Add($"{path}:Names has '{name}': give a host name, or a wildcard such as *.example.org.");
    }
}
