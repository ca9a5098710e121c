using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>Signs mail of our own: what accounts here submit, and what this server writes itself. Thread-safe.</summary>
internal interface IMessageSigner
{
    /// <summary>Signs a message in the name of a domain, with each of its keys that sign.</summary>
    /// <param name="domain">The domain of From.</param>
    /// <param name="message">The message from the first byte of its header section on, in a stream that can seek.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The DKIM-Signature fields, to be put before the message; empty when the domain has no keys.</returns>
    ValueTask<ReadOnlyMemory<byte>> SignAsync(Domain domain, Stream message, CancellationToken cancellationToken);
}
