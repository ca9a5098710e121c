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

    /// <summary>
    /// The same for what this server writes itself, such as notices: in the name of the domain or of the nearest above it that has keys,
    /// because a server is often called by a name below the domain that it is for.
    /// </summary>
    async ValueTask<ReadOnlyMemory<byte>> SignOwnAsync(Domain domain, Stream message, CancellationToken cancellationToken)
    {
        for (var name = domain.Name; name.Contains('.', StringComparison.Ordinal); name = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])
        {
            message.Position = 0;
            if (await SignAsync(Domain.Parse(name), message, cancellationToken) is { IsEmpty: false } fields) return fields;
        }

        return default;
    }
}
