namespace Modus.Delivery.Vpn;

/// <summary>What the running server knows of itself. Thread-safe.</summary>
public interface IOwnGateway
{
    /// <summary>As it is now: certificates change while it runs.</summary>
    OwnGateway Describe();
}

/// <summary>What a server shows to others.</summary>
/// <param name="HostName">Its name.</param>
/// <param name="Keys">The keys of the certificates that a gateway may meet: SHA-256 of SubjectPublicKeyInfo, lower-case hex.</param>
/// <param name="ExchangePort">The port of its https listener; null when it has none.</param>
/// <param name="Addresses">The addresses of its SMTP listeners, where they have their own; it is taken to send from those.</param>
public sealed record OwnGateway(string HostName, IReadOnlyList<string> Keys, int? ExchangePort, IReadOnlyList<string> Addresses);
