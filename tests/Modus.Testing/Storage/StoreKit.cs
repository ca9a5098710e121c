using System.Buffers;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Testing.Storage;

/// <summary>The short words of storage tests.</summary>
public static class StoreKit
{
    private const int ChunkSize = 50_000; // odd on purpose: chunks end anywhere in a block

    public static ScramVerifier Verifier { get; } = new(new byte[16], 4096, new byte[32], new byte[32]);

    /// <summary>Adds <c>name@example.org</c>, and the domain when it lacks.</summary>
    public static async Task<Account> AddAccountAsync(this IStoreUnderTest store, string name, long? quota = null)
    {
        await store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.org")), default);
        var added = await store.Directory.AddAccountAsync(
            new NewAccount(EmailAddress.Parse(name + "@example.org"), Verifier, quota), default);
        return added.Value ?? throw new InvalidOperationException($"account {name}: {added.Outcome}");
    }

    public static async Task<Mailbox> MailboxAsync(this IStoreUnderTest store, AccountId account, string name = "INBOX") =>
        await store.Mail.FindMailboxAsync(account, MailboxName.Parse(name), default)
        ?? throw new InvalidOperationException($"no mailbox {name}");

    public static async Task<MailboxId> CreateAsync(this IStoreUnderTest store, AccountId account, string name) =>
        (await store.Mail.CreateMailboxAsync(account, MailboxName.Parse(name), SpecialUse.None, default)).Value?.Id
        ?? throw new InvalidOperationException($"mailbox {name} was not made");

    public static Task<StoreResult<DeliveryReceipt>> DeliverAsync(
        this IStoreUnderTest store, MailboxId mailbox, string text = "Subject: x\r\n\r\nbody\r\n", MessageFlags flags = MessageFlags.None) =>
        store.Delivery.DeliverAsync(Encoding.UTF8.GetBytes(text), new DeliveryRequest
        {
            QueueId = QueueId.New(store.Clock), InternalDate = store.Clock.GetUtcNow(), Mailboxes = [new MailboxTarget(mailbox, flags)],
        });

    /// <summary>Queues a message of Anna's for these recipients.</summary>
    public static Task<IReadOnlyList<QueueEntryId>> EnqueueAsync(this IStoreUnderTest store, params string[] recipients) =>
        store.EnqueueAsync(EnvelopeTo(recipients).ReversePath, 0, recipients);

    public static Task<IReadOnlyList<QueueEntryId>> EnqueueAsync(
        this IStoreUnderTest store, ReversePath sender, int priority, params string[] recipients) =>
        store.EnqueueAsync(sender, priority, store.Clock.GetUtcNow(), recipients);

    public static async Task<IReadOnlyList<QueueEntryId>> EnqueueAsync(
        this IStoreUnderTest store, ReversePath sender, int priority, DateTimeOffset notBefore, params string[] recipients)
    {
        var result = await store.Delivery.DeliverAsync("Subject: q\r\n\r\n"u8.ToArray(), new DeliveryRequest
        {
            QueueId = QueueId.New(store.Clock), InternalDate = store.Clock.GetUtcNow(),
            Queue = new QueueRequest
            {
                Envelope = EnvelopeTo(recipients) with { ReversePath = sender, Priority = priority }, NotBefore = notBefore,
            },
        });
        return result.Value?.QueueEntries ?? throw new InvalidOperationException($"queueing: {result.Outcome}");
    }

    /// <summary>Leases entries of a domain for a minute.</summary>
    public static async Task<IReadOnlyList<QueueEntry>> LeaseAsync(
        this IStoreUnderTest store, string owner, string domain, DateTimeOffset? now = null, int limit = 100)
    {
        var from = now ?? store.Clock.GetUtcNow();
        return await store.Queue.LeaseAsync(
            new QueueLease { Owner = owner, Domain = Domain.Parse(domain), Now = from, Until = from.AddMinutes(1), Limit = limit }, default);
    }

    public static Envelope EnvelopeTo(params string[] recipients) => new()
    {
        ReversePath = new ReversePath(EmailAddress.Parse("anna@example.org")),
        Recipients = [.. recipients.Select(static text => new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse(text))))],
    };

    /// <summary>Writes and commits a message as a session does: chunk by chunk, flushing.</summary>
    public static async Task<StoreResult<DeliveryReceipt>> DeliverAsync(
        this IDelivery delivery, ReadOnlyMemory<byte> message, DeliveryRequest request)
    {
        await using var writer = delivery.BeginContent();
        for (var rest = message; !rest.IsEmpty;)
        {
            var chunk = rest[..Math.Min(rest.Length, ChunkSize)];
            writer.Write(chunk.Span);
            if (await writer.FlushAsync(default) is var outcome and not StoreOutcome.Done) return outcome;
            rest = rest[chunk.Length..];
        }

        return await delivery.CommitAsync(writer, request, default);
    }

    public static async Task<IReadOnlyList<MailboxMessage>> MessagesAsync(this IStoreUnderTest store, MailboxId mailbox) =>
        await store.Mail.ReadMessagesAsync(mailbox, UidRange.All, default, int.MaxValue, default);

    /// <summary>The whole content; null when it is gone.</summary>
    public static async Task<byte[]?> ReadAllAsync(this IMailStore mail, ContentId content)
    {
        await using var reader = await mail.OpenContentAsync(content, default);
        if (reader is null) return null;
        var bytes = new byte[reader.Length];
        for (var at = 0; at < bytes.Length;)
        {
            var read = await reader.ReadAsync(at, bytes.AsMemory(at, Math.Min(bytes.Length - at, ChunkSize)), default);
            if (read == 0) throw new InvalidDataException("the content ends early");
            at += read;
        }

        return bytes;
    }

    public static async Task<IReadOnlyList<string>> FaultsAsync(this IStoreMaintenance maintenance) =>
        (await maintenance.VerifyAsync(null, default)).Faults;
}
