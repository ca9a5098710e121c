using Microsoft.Extensions.Logging;
using Modus.Delivery.Dsn;
using Modus.Delivery.Routing;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>
/// Takes accepted messages into the store: into the mailboxes of local recipients and, for all others, into the queue, in one
/// commit. Each recipient that was accepted still leads somewhere, or nobody gets the message and the client tries again: a 250 for
/// the others would lose it in silence. Thread-safe.
/// </summary>
internal sealed class LocalDelivery(
    Router router, IDelivery delivery, IMailStore mailStore, SuccessNotices notices, IMessageExaminer examiner,
    DeliveryOptions options, ILogger<LocalDelivery> log)
    : IMessageDelivery
{
    public async ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var plan = await PlanAsync(message, cancellationToken);
        return new LocalSink(message, plan, delivery.BeginContent(), new LocalPorts(delivery, mailStore, notices, examiner, options.HostName, log));
    }

    private async ValueTask<ArrivalPlan> PlanAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        var plan = new ArrivalPlan();
        foreach (var recipient in message.Envelope.Recipients)
        {
            var route = await router.FindAsync(recipient.Path, cancellationToken);
            if (!await AddMailboxesAsync(plan, recipient, route, cancellationToken) && !MayLeave(route, message.Peer)) return ArrivalPlan.Lost;
            plan.AddRoute(recipient, route);
        }

        return plan;
    }

    // A disabled account among several is left out; that the recipient reaches somebody is what counts.
    private async ValueTask<bool> AddMailboxesAsync(
        ArrivalPlan plan, EnvelopeRecipient recipient, Route route, CancellationToken cancellationToken)
    {
        var isReached = false;
        foreach (var account in route.Accounts.Where(static account => account.Enabled))
        {
            if (!plan.HasMailbox(account))
            {
                if (await mailStore.FindMailboxAsync(account.Id, MailboxName.Inbox, cancellationToken) is not { } inbox) continue;
                plan.AddMailbox(recipient, account, inbox.Id);
            }

            isReached = true;
        }

        return isReached;
    }

    // A domain of ours that was removed since RCPT must not make a relay of the server.
    private static bool MayLeave(Route route, SmtpPeer peer) =>
        route.Remote.Count > 0 && (route.Kind != RouteKind.Elsewhere || peer.MayRelay);
}
