using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Storage;

namespace Modus.Delivery.Directory;

/// <summary>
/// Lets the accounts of the store log in: the login name is the account's address. Aliases and plus-addresses name no
/// account and let nobody in. Thread-safe; reads never wait for the store's writer.
/// </summary>
public sealed class DirectoryIdentitySource(IDirectory directory) : IIdentitySource
{
    /// <inheritdoc/>
    public async ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryParse(authenticationId, out var address)) return null;
        return await directory.FindAccountAsync(address, cancellationToken) is { } account
            ? new IdentityRecord(new Identity(account.Address, account.Id), account.Verifier, account.Enabled)
            : null;
    }
}
