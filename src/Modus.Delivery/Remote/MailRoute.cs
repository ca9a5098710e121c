using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>Where the mail of a domain goes instead of its MX. Immutable.</summary>
public sealed record MailRoute
{
    /// <summary>
    /// For which domain: <c>example.com</c>; <c>.example.com</c> for those below it; <c>*</c> for all others (a smarthost).
    /// </summary>
    public required string Domain { get; init; }

    /// <summary>The hosts, in the order in which they are tried: <c>host:port</c>.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>What is demanded; null leaves it to the other policies, and to <see cref="PeerLevel.Verify"/> with a login.</summary>
    public PeerLevel? Level { get; init; }

    /// <summary>TLS from the first byte.</summary>
    public bool Implicit { get; init; }

    /// <summary>The login name; null for no login.</summary>
    public string? Login { get; init; }

    /// <summary>The file whose first line is the password; needed with a login.</summary>
    public string? PasswordFile { get; init; }
}
