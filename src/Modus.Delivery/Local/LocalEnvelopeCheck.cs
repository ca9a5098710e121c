using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>Judges envelopes by the directory: whose address a sender may use, and for whom mail is taken. Thread-safe.</summary>
internal sealed class LocalEnvelopeCheck(Router router, IDirectory directory) : IEnvelopeCheck
{
    private static readonly SmtpReply NotYourAddress = new(553, new(5, 7, 1), "This address is not yours to send from");
    private static readonly SmtpReply SwitchedOff = new(525, new(5, 7, 13), "This account is switched off"); // RFC 5248 §2.4
    private static readonly SmtpReply RelayDenied = new(554, new(5, 7, 1), "Relay access denied");
    private static readonly SmtpReply UnknownRecipient = new(550, new(5, 1, 1), "No such address here");
    private static readonly SmtpReply Disabled = new(550, new(5, 2, 1), "This mailbox does not take mail");
    private static readonly SmtpReply OverQuota = new(452, new(4, 2, 2), "This mailbox is full");

    public async ValueTask<SmtpReply?> CheckSenderAsync(EnvelopeQuery query, CancellationToken cancellationToken)
    {
        if (query.Peer.Identity is not { } identity) return null;

        // A login outlives its account in a session that is still open; nothing more goes out by it.
        if (await directory.GetAccountAsync(identity.Account, cancellationToken) is not { Enabled: true }) return SwitchedOff;
        if (query.ReversePath.Address is not { } sender) return null;
        if (sender.Equals(identity.Address)) return null;

        // Whoever gets an address's mail may send from it: aliases and plus addresses.
        var route = await router.FindAsync(sender, cancellationToken);
        return route.Accounts.Any(account => account.Id == identity.Account) ? null : NotYourAddress;
    }

    public async ValueTask<SmtpReply?> CheckRecipientAsync(
        EnvelopeQuery query, ForwardPath recipient, CancellationToken cancellationToken)
    {
        var route = await router.FindAsync(recipient, cancellationToken);
        switch (route.Kind)
        {
            case RouteKind.Elsewhere:
                return query.Peer.MayRelay ? null : RelayDenied;
            case RouteKind.Unknown:
                return UnknownRecipient;
        }

        if (route.Remote.Count == 0 && route.Accounts.All(account => !account.Enabled)) return Disabled;

        // One that is full holds up the others behind its alias: the message is taken for all of them or put off. What the client
        // says of the size is a hint; the commit counts.
        return route.Accounts.Any(account => account.Enabled && IsFull(account, query.DeclaredSize)) ? OverQuota : null;
    }

    private static bool IsFull(Account account, long size) =>
        account.Quota is { } quota && (account.Used >= quota || account.Used + size > quota);
}
