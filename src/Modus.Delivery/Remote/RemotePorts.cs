using System.Net;

namespace Modus.Delivery.Remote;

/// <summary>Knows where this server listens, so that it does not send mail to itself. Thread-safe.</summary>
public interface IOwnDoors
{
    /// <summary>True when a connection there would reach an SMTP listener of this server.</summary>
    bool AreOurs(IPEndPoint endPoint);
}

/// <summary>Reads the secrets that settings name. Thread-safe.</summary>
public interface ISecretFiles
{
    /// <summary>The first line of a file, in bytes that the caller wipes; null when it cannot be read.</summary>
    ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken);
}
