using System.Buffers;
using System.Text;
using Modus.Delivery.Routing;
using Modus.Mail.Envelopes;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>
/// Takes accepted messages into the store: into the mailboxes of local recipients and, for all others, into the queue, in one
/// commit. Each recipient that was accepted still leads somewhere, or nobody gets the message and the client tries again: a 250 for
/// the others would lose it in silence. Thread-safe.
/// </summary>
internal sealed class LocalDelivery(Router router, IDelivery delivery, IMailStore mailStore) : IMessageDelivery
{
    public async ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        var mailboxes = new Dictionary<AccountId, MailboxTarget>();
        var queued = new Dictionary<EmailAddress, EnvelopeRecipient>();
        foreach (var recipient in message.Envelope.Recipients)
        {
            var route = await router.FindAsync(recipient.Path, cancellationToken);
            if (!await AddMailboxesAsync(route, mailboxes, cancellationToken) && !MayLeave(route, message.Peer))
                return new LocalSink(delivery, message, [], []);
            foreach (var address in route.Remote)
                queued.TryAdd(address, recipient with { Path = new ForwardPath(address) });
        }

        return new LocalSink(delivery, message, [.. mailboxes.Values], [.. queued.Values]);
    }

    // A disabled account among several is left out; that the recipient reaches somebody is what counts.
    private async ValueTask<bool> AddMailboxesAsync(
        Route route, Dictionary<AccountId, MailboxTarget> mailboxes, CancellationToken cancellationToken)
    {
        var isReached = false;
        foreach (var account in route.Accounts.Where(static account => account.Enabled))
        {
            if (!mailboxes.ContainsKey(account.Id))
            {
                if (await mailStore.FindMailboxAsync(account.Id, MailboxName.Inbox, cancellationToken) is not { } inbox) continue;
                mailboxes.Add(account.Id, new MailboxTarget(inbox.Id));
            }

            isReached = true;
        }

        return isReached;
    }

    // A domain of ours that was removed since RCPT must not make a relay of the server.
    private static bool MayLeave(Route route, SmtpPeer peer) =>
        route.Remote.Count > 0 && (route.Kind != RouteKind.Elsewhere || peer.Identity is not null);

    private sealed class LocalSink : IMessageSink
    {
        private static readonly SmtpReply NoSpace = new(452, new(4, 3, 1), "Insufficient system storage, try again later");
        private static readonly SmtpReply OverQuota = new(452, new(4, 2, 2), "A mailbox has no room for this message");
        private static readonly SmtpReply Gone = new(451, new(4, 3, 0), "A recipient vanished meanwhile, try again");

        private readonly IDelivery _delivery;
        private readonly IncomingMessage _message;
        private readonly IReadOnlyList<MailboxTarget> _mailboxes;
        private readonly IReadOnlyList<EnvelopeRecipient> _queued;
        private readonly IContentWriter _content;
        private readonly int _returnPathLength;

        /// <param name="delivery">The store.</param>
        /// <param name="message">The message.</param>
        /// <param name="mailboxes">The mailboxes that get it.</param>
        /// <param name="queued">The recipients elsewhere; none here and there when the message cannot be taken.</param>
        public LocalSink(
            IDelivery delivery, IncomingMessage message, IReadOnlyList<MailboxTarget> mailboxes, IReadOnlyList<EnvelopeRecipient> queued)
        {
            _delivery = delivery;
            _message = message;
            _mailboxes = mailboxes;
            _queued = queued;
            _content = delivery.BeginContent();
            if (mailboxes.Count == 0) return;

            // Final delivery adds the return path (RFC 5321 §4.4); the queue's copy begins behind it.
            var returnPath = Encoding.UTF8.GetBytes($"Return-Path: {message.Envelope.ReversePath}\r\n");
            _content.Write(returnPath);
            _returnPathLength = returnPath.Length;
        }

        private bool IsLost => _mailboxes.Count + _queued.Count == 0;

        public void Advance(int count) => _content.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _content.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _content.GetSpan(sizeHint);

        public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) =>
            IsLost ? Gone : ToReply(await _content.FlushAsync(cancellationToken));

        public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
        {
            if (IsLost) return Gone;
            var queue = _queued.Count == 0 ? null : new QueueRequest
            {
                Envelope = _message.Envelope with { Recipients = _queued },
                ContentOffset = _returnPathLength,
                NotBefore = _message.ReceivedAt,
            };
            var result = await _delivery.CommitAsync(
                _content,
                new DeliveryRequest
                {
                    QueueId = _message.Id,
                    InternalDate = _message.ReceivedAt,
                    Mailboxes = _mailboxes,
                    Queue = queue,
                },
                cancellationToken);
            return ToReply(result.Outcome);
        }

        public ValueTask DisposeAsync() => _content.DisposeAsync();

        private static SmtpReply? ToReply(StoreOutcome outcome) => outcome switch
        {
            StoreOutcome.Done => null,
            StoreOutcome.NoSpace => NoSpace,
            StoreOutcome.OverQuota => OverQuota,
            _ => Gone,
        };
    }
}
