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
/// commit. Thread-safe.
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
            foreach (var account in route.Accounts.Where(account => account.Enabled && !mailboxes.ContainsKey(account.Id)))
            {
                var inbox = await mailStore.FindMailboxAsync(account.Id, MailboxName.Inbox, cancellationToken);
                if (inbox is not null) mailboxes.Add(account.Id, new MailboxTarget(inbox.Id));
            }

            foreach (var address in route.Remote)
                queued.TryAdd(address, recipient with { Path = new ForwardPath(address) });
        }

        return new LocalSink(delivery, message, [.. mailboxes.Values], [.. queued.Values]);
    }

    private sealed class LocalSink : IMessageSink
    {
        private static readonly SmtpReply NoSpace = new(452, new(4, 3, 1), "Insufficient system storage, try again later");
        private static readonly SmtpReply Gone = new(451, new(4, 3, 0), "A recipient vanished meanwhile, try again");

        private readonly IDelivery _delivery;
        private readonly IncomingMessage _message;
        private readonly IReadOnlyList<MailboxTarget> _mailboxes;
        private readonly IReadOnlyList<EnvelopeRecipient> _queued;
        private readonly IContentWriter _content;
        private readonly int _returnPathLength;

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

        public void Advance(int count) => _content.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _content.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _content.GetSpan(sizeHint);

        public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) =>
            ToReply(await _content.FlushAsync(cancellationToken));

        public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
        {
            if (_mailboxes.Count + _queued.Count == 0) return Gone;
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
            _ => Gone,
        };
    }
}
