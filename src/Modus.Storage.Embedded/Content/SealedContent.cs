using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// A draft that is complete, with its id. Small content waits for the writer, which appends it; large content has a file of
/// its own and is made durable by its caller.
/// </summary>
internal sealed class SealedContent(ContentDraft draft, long id, byte[]? structure)
{
    private ContentPlace? _ownFile;

    public bool HasOwnFile => draft.IsSpilled;

    public long Length => draft.StoredLength;

    public byte[] Sha256 => draft.Hash.Sha256;

    /// <summary>The structure, coded; null when nobody will ask for it.</summary>
    public byte[]? Structure => structure;

    /// <summary>What the writer is to append; null for content with a file of its own.</summary>
    public PendingContent? Pending { get; } = draft.IsSpilled ? null : new PendingContent(draft, id);

    /// <summary>Where it is, once it was appended or stored.</summary>
    public ContentPlace Place =>
        (Pending is null ? _ownFile : Pending.Place) ?? throw new InvalidOperationException("the content has no place yet");

    /// <summary>Makes the content in a file of its own durable. Blocks while the disk works.</summary>
    /// <returns>False when there was no room.</returns>
    public bool Store() => (_ownFile = draft.Store(id)) is not null;

    /// <summary>The rows were committed: the file is the store's from now on.</summary>
    public void Stored()
    {
        if (HasOwnFile) draft.Stored();
    }
}
