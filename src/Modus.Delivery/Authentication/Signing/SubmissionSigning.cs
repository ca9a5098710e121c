using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>
/// Signs what accounts submit, in the name of the domain in From: only where that address is the account's own, or leads to it. A
/// signature says that the domain stands for the mail, and not everybody with a login may speak for every domain here. Thread-safe.
/// </summary>
internal sealed class SubmissionSigning(IMessageSigner signer, Router router)
{
    /// <summary>Signs a message of an account.</summary>
    /// <returns>The fields to be put before it; empty when it is not signed.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> SignAsync(Identity identity, Stream content, CancellationToken cancellationToken)
    {
        EmailAddress? author;
        using (var header = await HeaderSection.ReadAsync(content, cancellationToken)) author = AuthorDomains.ReadOnlyAuthor(header);
        if (author is null || author.AddressLiteral is not null || !await IsOwnAsync(identity, author, cancellationToken)) return default;
        content.Position = 0;
        return await signer.SignAsync(author.Domain, content, cancellationToken);
    }

    private async ValueTask<bool> IsOwnAsync(Identity identity, EmailAddress author, CancellationToken cancellationToken)
    {
        if (author.Equals(identity.Address)) return true;
        var route = await router.FindAsync(author, cancellationToken);
        return route.Accounts.Any(account => account.Id == identity.Account);
    }
}
