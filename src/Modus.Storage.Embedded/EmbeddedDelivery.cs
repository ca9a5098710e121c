using Microsoft.Extensions.Logging;
using Modus.Mail.Structure;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// The way in. What is particular to one message (its hash, its structure, a large message's own file) is done by the
/// caller, beside others; only the shared append and the rows are the writer's.
/// </summary>
internal sealed class EmbeddedDelivery(
    Writer writer, SegmentFolder folder, Disk disk, StoreHealth health, StoreMetrics metrics, EmbeddedStoreOptions options,
    long lastContent, ILogger logger) : IDelivery
{
    private long _lastContent = lastContent;

    public IContentWriter BeginContent()
    {
        health.ThrowIfFailed();
        return new ContentDraft(folder, disk, health, options.SpillThreshold);
    }

    public async ValueTask<StoreResult<DeliveryReceipt>> CommitAsync(
        IContentWriter content, DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (content is not ContentDraft draft) throw new ArgumentException("the content was begun elsewhere", nameof(content));
        if (request.Mailboxes.Count == 0 && request.Queue is null)
            throw new ArgumentException("the message goes nowhere", nameof(request));

        if (!await draft.SealAsync(cancellationToken)) return StoreOutcome.NoSpace;
        var structure = request.Mailboxes.Count > 0 ? ReadStructure(draft, request.QueueId) : null;
        var id = Interlocked.Increment(ref _lastContent);
        var result = draft.IsSpilled
            ? await CommitSpilledAsync(draft, id, request, structure, cancellationToken)
            : await CommitSmallAsync(draft, id, request, structure, cancellationToken);
        if (result.IsDone) metrics.Stored(draft.Length);
        return result;
    }

    private ValueTask<StoreResult<DeliveryReceipt>> CommitSmallAsync(
        ContentDraft draft, long id, DeliveryRequest request, byte[]? structure, CancellationToken cancellationToken)
    {
        var pending = new PendingContent(draft, id);
        return writer.WriteAsync(
            scope => AddRows(scope, pending.Place!.Value, false, draft.Sha256, structure, request), cancellationToken, pending);
    }

    private async ValueTask<StoreResult<DeliveryReceipt>> CommitSpilledAsync(
        ContentDraft draft, long id, DeliveryRequest request, byte[]? structure, CancellationToken cancellationToken)
    {
        // Syncing many megabytes takes long: on a thread of its own, not one that serves connections.
        var place = await Task.Factory.StartNew(
            () => draft.Store(id), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (place is not { } stored) return StoreOutcome.NoSpace;
        var result = await writer.WriteAsync(
            scope => AddRows(scope, stored, true, draft.Sha256, structure, request), cancellationToken);
        if (result.IsDone) draft.Stored();
        return result;
    }

    private static StoreResult<DeliveryReceipt> AddRows(
        WriteScope scope, ContentPlace place, bool ownFile, byte[] sha256, byte[]? structure, DeliveryRequest request)
    {
        var content = new ContentId(place.Header.Content);
        var references = request.Mailboxes.Count + (request.Queue is null ? 0 : 1);
        var email = ContentRows.Add(scope, place, ownFile, sha256, structure, references);
        var messages = new List<StoredMessage>(request.Mailboxes.Count);
        foreach (var (mailbox, flags, keywords) in request.Mailboxes)
        {
            var message = new NewMessage(email, content, place.Header.Length, request.InternalDate, flags, keywords ?? []);
            if (MessageRows.Add(scope, mailbox, message) is not { } stored)
                return MailboxRows.Get(scope.Database, mailbox) is null ? StoreOutcome.NotFound : StoreOutcome.NotAllowed;
            if (AccountRows.IsOverQuota(scope.Database, mailbox)) return StoreOutcome.OverQuota;
            messages.Add(stored);
        }

        var entries = request.Queue is { } queue ? QueueRows.Add(scope, request, queue, content, place.Header.Length) : [];
        return new DeliveryReceipt(email, messages, entries);
    }

    private byte[] ReadStructure(ContentDraft draft, QueueId queueId)
    {
        try
        {
            using var stream = draft.OpenRead();
            return MessageStructureCodec.Encode(MessageStructureReader.Read(stream));
        }
#pragma warning disable CA1031 // Whatever a parser makes of hostile bytes, the message was taken and must not be lost.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.StructureFaulted(e, queueId.Value);
            return MessageStructureCodec.Encode(Opaque(draft.Length));
        }
    }

    private static MessageStructure Opaque(long length) => new(
        new ImapEnvelope(null, null, [], [], [], [], [], [], null, null),
        new MimePart
        {
            Type = "application", Subtype = "octet-stream", HeaderOffset = 0, BodyOffset = 0, BodyLength = length, BodyLines = 0,
        },
        "");
}
