using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp.Client;

/// <summary>How this server sends. Read once, when the services are registered.</summary>
public sealed class SmtpClientOptions
{
    /// <summary>The name that EHLO says; it should resolve to the address that the world sees (RFC 5321 §4.1.1.1).</summary>
    public string HostName { get; set; } = Domain.TryParse(Environment.MachineName, out var name) ? name.Name : "localhost";

    /// <summary>The bounds.</summary>
    public SmtpClientLimits Limits { get; set; } = new();

    internal IEnumerable<string> Validate()
    {
        if (!Domain.TryParse(HostName, out _))
            yield return $"{nameof(HostName)} is '{HostName}': a host name, such as mail.example.com";
        foreach (var fault in Limits.Validate())
            yield return $"{nameof(Limits)}.{fault}";
    }
}
