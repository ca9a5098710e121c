using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// The segment that small contents are appended to. Only the writer's thread uses it. What stands behind the last
/// committed record is garbage and is written over.
/// </summary>
internal sealed class ActiveSegment(SegmentFolder folder, Disk disk, long maxLength) : IDisposable
{
    private readonly byte[] _header = new byte[RecordHeader.Size];
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];
    private SafeFileHandle? _file;
    private long _end;
    private bool _nameIsNew;
    private bool _dirty;

    /// <summary>Where the next record goes.</summary>
    public long End => _end;

    /// <summary>The segment's number; 0 while there is none.</summary>
    public long Id { get; private set; }

    /// <summary>Goes on with a segment that was written to before.</summary>
    public void Resume(long id, long end)
    {
        Id = id;
        _end = end;
        _file = folder.OpenForWriting(id);
    }

    /// <summary>Appends a record; it is durable after <see cref="Sync"/>.</summary>
    /// <exception cref="IOException">It could not be written; nothing counts as appended.</exception>
    public ContentPlace Append(RecordHeader header, IEnumerable<ReadOnlyMemory<byte>> content)
    {
        if (_file is null || _end >= maxLength) Roll();
        header.Write(_header);
        _buffers.Clear();
        _buffers.Add(_header);
        _buffers.AddRange(content);
        disk.Write(_file!, _buffers, _end);
        _buffers.Clear();
        _dirty = true;
        var place = new ContentPlace(Id, _end, header);
        _end = place.End;
        return place;
    }

    /// <summary>Makes durable what was appended.</summary>
    /// <exception cref="StoreFailedException">The disk did not take it; the store must not go on.</exception>
    public void Sync()
    {
        if (!_dirty) return;
        try
        {
            disk.Sync(_file!);
            if (_nameIsNew) folder.SyncNames();
        }
        catch (IOException e)
        {
            // Of another kind than a failed write, so that nobody takes even a late ENOSPC for a refusal of one request.
            throw new StoreFailedException("a segment could not be synced", e);
        }

        _nameIsNew = _dirty = false;
    }

    /// <summary>Forgets records behind <paramref name="end"/>: nothing refers to them, and a full disk needs the room.</summary>
    public void CutTo(long id, long end)
    {
        if (id != Id || end >= _end || _file is null) return;
        _end = end;
        try
        {
            RandomAccess.SetLength(_file, end);
        }
        catch (IOException)
        {
            // Garbage that is written over, or cut at the next start.
        }
    }

    /// <summary>Ends this segment; the next record begins a new one.</summary>
    public void Seal()
    {
        Sync();
        _file?.Dispose();
        _file = null;
        Id = 0;
        _end = 0;
    }

    public void Dispose() => _file?.Dispose();

    private void Roll()
    {
        Seal();
        (Id, _file) = folder.Create();
        _nameIsNew = true;
    }
}
