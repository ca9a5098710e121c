using Modus.Mail.Addresses;

namespace Modus.Protocols.Imap;

/// <summary>How the IMAP room is set up. Read once, when the services are registered.</summary>
public sealed class ImapOptions
{
    /// <summary>The name that the server greets with; the machine's name by default.</summary>
    public string HostName { get; set; } = DefaultHostName();

    /// <summary>What the server says of itself to ID (RFC 2971): its version; null says nothing.</summary>
    public string? Version { get; set; }

    /// <summary>Capabilities that are switched off for everybody, such as <c>QRESYNC</c>; a listener's and an account's own come on top.</summary>
    public IList<string> DisabledCapabilities { get; } = [];

    /// <summary>The names that <see cref="DisabledCapabilities"/> may hold, in the order in which they are advertised.</summary>
    public static IReadOnlyList<string> SwitchableCapabilities => ImapCapability.All;

    /// <summary>The bounds.</summary>
    public ImapLimits Limits { get; set; } = new();

    internal IEnumerable<string> Validate()
    {
        if (!Domain.TryParse(HostName, out _))
            yield return $"{nameof(HostName)} is '{HostName}': a host name, such as mail.example.com";
        foreach (var name in DisabledCapabilities)
        {
            if (!ImapCapability.All.Contains(name, StringComparer.OrdinalIgnoreCase))
                yield return $"{nameof(DisabledCapabilities)} has '{name}': one of {string.Join(", ", ImapCapability.All)}";
        }

        foreach (var fault in Limits.Validate())
            yield return $"{nameof(Limits)}.{fault}";
    }

    private static string DefaultHostName() =>
        Domain.TryParse(Environment.MachineName, out var name) ? name.Name : "localhost";
}
