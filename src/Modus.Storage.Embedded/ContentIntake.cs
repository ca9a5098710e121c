using Microsoft.Extensions.Logging;
using Modus.Mail.Structure;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// What is particular to one message, done by its caller beside others: its hash, its structure, a large message's own file.
/// Thread-safe.
/// </summary>
internal sealed class ContentIntake(long lastContent, StoreMetrics metrics, ILogger logger)
{
    private long _lastContent = lastContent;

    /// <summary>Completes a draft.</summary>
    /// <returns>Null when there was no room for it.</returns>
    public async ValueTask<SealedContent?> SealAsync(
        IContentWriter content, bool hasStructure, QueueId? queueId, CancellationToken cancellationToken)
    {
        if (content is not ContentDraft draft) throw new ArgumentException("the content was begun elsewhere", nameof(content));
        if (!await draft.SealAsync(cancellationToken)) return null;
        var structure = hasStructure ? ReadStructure(draft, queueId) : null;
        return new SealedContent(draft, Interlocked.Increment(ref _lastContent), structure);
    }

    /// <summary>Makes contents and the rows of <paramref name="work"/> durable, the contents first.</summary>
    public async ValueTask<StoreResult<T>> CommitAsync<T>(
        Writer writer, IReadOnlyList<SealedContent> contents, Func<WriteScope, StoreResult<T>> work, CancellationToken cancellationToken)
    {
        if (contents.Any(static content => content.HasOwnFile) && !await StoreAsync(contents, cancellationToken)) return StoreOutcome.NoSpace;
        var pending = contents.Select(static content => content.Pending).OfType<PendingContent>().ToArray();
        var result = await writer.WriteAsync(work, cancellationToken, pending);
        if (!result.IsDone) return result;
        foreach (var content in contents)
        {
            content.Stored();
            metrics.Stored(content.Length);
        }

        return result;
    }

    // Syncing many megabytes takes long: on a thread of its own, not one that serves connections.
    private static Task<bool> StoreAsync(IReadOnlyList<SealedContent> contents, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => contents.Where(static content => content.HasOwnFile).All(static content => content.Store()),
            cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private byte[] ReadStructure(ContentDraft draft, QueueId? queueId)
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
            if (queueId is { } id) logger.StructureFaulted(e, id.Value);
            else logger.AppendedStructureFaulted(e);
            return MessageStructureCodec.Encode(Opaque(draft.StoredLength));
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
