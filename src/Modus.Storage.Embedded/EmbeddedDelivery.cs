using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// The way in. What is particular to one message is done by the caller (<see cref="ContentIntake"/>); only the shared append
/// and the rows are the writer's.
/// </summary>
internal sealed class EmbeddedDelivery(
    Writer writer, SegmentFolder folder, Disk disk, StoreHealth health, EmbeddedStoreOptions options, ContentIntake intake) : IDelivery
{
    public IContentWriter BeginContent()
    {
        health.ThrowIfFailed();
        return new ContentDraft(folder, disk, health, options.SpillThreshold);
    }

    public async ValueTask<StoreResult<DeliveryReceipt>> CommitAsync(
        IContentWriter content, DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (await SealAsync(content, request, cancellationToken) is not { } sealedContent) return StoreOutcome.NoSpace;
        return await intake.CommitAsync(writer, [sealedContent], scope => AddRows(scope, sealedContent, request), cancellationToken);
    }

    public async ValueTask<StoreResult<IReadOnlyList<DeliveryReceipt>>> CommitAllAsync(
        IReadOnlyList<MessageToDeliver> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("there is nothing to commit", nameof(messages));

        var contents = new List<SealedContent>(messages.Count);
        foreach (var (content, request) in messages)
        {
            if (await SealAsync(content, request, cancellationToken) is not { } sealedContent) return StoreOutcome.NoSpace;
            contents.Add(sealedContent);
        }

        return await intake.CommitAsync(writer, contents, scope => AddAllRows(scope, contents, messages), cancellationToken);
    }

    public async ValueTask<StoreResult<AppendReceipt>> AppendAsync(
        MailboxId mailbox, IReadOnlyList<MessageToAppend> messages, ReplacedMessage? replaced, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) throw new ArgumentException("there is nothing to append", nameof(messages));

        var contents = new List<SealedContent>(messages.Count);
        foreach (var message in messages)
        {
            if (await intake.SealAsync(message.Content, hasStructure: true, null, cancellationToken) is not { } completed)
                return StoreOutcome.NoSpace;
            contents.Add(completed);
        }

        return await intake.CommitAsync(
            writer, contents, scope => MessageAppend.Run(scope, mailbox, messages, contents, replaced), cancellationToken);
    }

    private ValueTask<SealedContent?> SealAsync(IContentWriter content, DeliveryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Mailboxes.Count == 0 && request.Queue is null)
            throw new ArgumentException("the message goes nowhere", nameof(request));
        return intake.SealAsync(content, request.Mailboxes.Count > 0, request.QueueId, cancellationToken);
    }

    private static StoreResult<IReadOnlyList<DeliveryReceipt>> AddAllRows(
        WriteScope scope, List<SealedContent> contents, IReadOnlyList<MessageToDeliver> messages)
    {
        var receipts = new List<DeliveryReceipt>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var added = AddRows(scope, contents[i], messages[i].Request);
            if (!added.IsDone) return added.Outcome;
            receipts.Add(added.Value);
        }

        return receipts;
    }

    private static StoreResult<DeliveryReceipt> AddRows(WriteScope scope, SealedContent completed, DeliveryRequest request)
    {
        var place = completed.Place;
        var content = new ContentId(place.Header.Content);
        var references = request.Mailboxes.Count + (request.Queue is null ? 0 : 1);
        var email = ContentRows.Add(scope, place, completed.HasOwnFile, completed.Sha256, completed.Structure, references);
        var messages = new List<StoredMessage>(request.Mailboxes.Count);
        foreach (var (mailbox, flags, keywords) in request.Mailboxes)
        {
            var message = new NewMessage(email, content, place.Header.Length, request.InternalDate, flags, keywords ?? []);
            var added = MessageRows.Add(scope, mailbox, message);
            if (!added.IsDone) return added.Outcome;
            if (AccountRows.IsOverQuota(scope.Database, mailbox)) return StoreOutcome.OverQuota;
            messages.Add(added.Value);
        }

        var entries = request.Queue is { } queue ? QueueRows.Add(scope, request, queue, content, place.Header.Length) : [];
        QueueChanges.Finish(scope, request.Attempts);
        TraceRows.Add(scope.Database, request.Trace);
        return new DeliveryReceipt(email, messages, entries);
    }
}
