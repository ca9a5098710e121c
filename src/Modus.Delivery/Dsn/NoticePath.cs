using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>The way of a notice back to a sender: mailboxes here, addresses elsewhere, or nowhere.</summary>
/// <param name="Sender">Whom it goes to.</param>
/// <param name="Accounts">The accounts here that take mail.</param>
/// <param name="Mailboxes">Their mailboxes.</param>
/// <param name="Elsewhere">The addresses elsewhere.</param>
internal sealed record NoticePath(
    EmailAddress Sender, IReadOnlyList<Account> Accounts, IReadOnlyList<MailboxTarget> Mailboxes, IReadOnlyList<EmailAddress> Elsewhere)
{
    public bool LeadsNowhere => Mailboxes.Count + Elsewhere.Count == 0;

    /// <summary>
    /// True when 8-bit bytes and UTF-8 will come through: into our mailboxes, or to an address that cannot be reached without SMTPUTF8,
    /// which demands 8BITMIME (RFC 6531 §3.1).
    /// </summary>
    public bool IsEightBit => Elsewhere.All(static address => address.NeedsSmtpUtf8);

    /// <summary>Whether a message of that size fits the accounts; a courtesy, the commit counts.</summary>
    public bool Fits(long size) => Accounts.All(account => account.Quota is not { } quota || account.Used + size <= quota);
}

/// <summary>Finds the way back. Thread-safe.</summary>
internal sealed class NoticePaths(Router router, IMailStore mailStore)
{
    public async ValueTask<NoticePath> FindAsync(EmailAddress sender, CancellationToken cancellationToken)
    {
        var route = await router.FindAsync(sender, cancellationToken);
        var accounts = new List<Account>();
        var mailboxes = new List<MailboxTarget>();
        foreach (var account in route.Accounts.Where(static account => account.Enabled))
        {
            if (await mailStore.FindMailboxAsync(account.Id, MailboxName.Inbox, cancellationToken) is not { } inbox) continue;
            accounts.Add(account);
            mailboxes.Add(new MailboxTarget(inbox.Id));
        }

        return new NoticePath(sender, accounts, mailboxes, route.Remote);
    }
}
