using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// A message on its way in. Up to a threshold it waits in pooled blocks; beyond, it goes to a segment of its own while it
/// arrives, so that it costs a bounded amount of memory however long it is. What stands before it is known only at its end:
/// <code>
/// memory    prefix, blocks                                          a record of a shared segment
/// own file  filler record | header, prefix | content as it came     the room before the content is a hole until the end
/// </code>
/// </summary>
internal sealed class ContentDraft(SegmentFolder folder, Disk disk, StoreHealth health, int spillThreshold) : IContentWriter
{
    private const int BlockSize = 16 * 1024;  // the size of Kestrel's blocks as the host sets them
    private const int SpillAtLeast = 64 * 1024; // one write for so much once spilling has begun
    private const long ContentOffset = (2 * RecordHeader.Size) + StoreLimits.MaxPrefix; // in a file of its own

    private readonly List<(byte[] Bytes, int Used)> _blocks = [];
    private SafeFileHandle? _file;
    private ReadOnlyMemory<byte>? _prefix;
    private long _segment;
    private long _spilled;
    private ContentHash? _hash;
    private bool _sealed;
    private bool _stored;
    private bool _broken;

    public long Length { get; private set; }

    /// <summary>The length of the content as it will be stored, prefix and all.</summary>
    public long StoredLength => Prefix.Length + Length;

    /// <summary>True when the content has a segment of its own.</summary>
    public bool IsSpilled => _file is not null;

    /// <summary>Of prefix and content; there after <see cref="SealAsync"/>, of spilled content after <see cref="Store"/>.</summary>
    public ContentHash Hash => _hash ?? throw new InvalidOperationException("the content is not complete");

    /// <summary>What waits in memory, prefix first, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces => Prefix.IsEmpty ? Blocks : Blocks.Prepend(Prefix);

    public ReadOnlyMemory<byte> Prefix
    {
        get => _prefix ?? ReadOnlyMemory<byte>.Empty;
        set
        {
            if (_sealed || _prefix is not null) throw new InvalidOperationException("the content is complete, or has a prefix");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, StoreLimits.MaxPrefix, nameof(value));
            _prefix = value;
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Blocks => _blocks.Select(static block => (ReadOnlyMemory<byte>)block.Bytes.AsMemory(0, block.Used));

    public Stream OpenWritten() => Open(ReadOnlyMemory<byte>.Empty);

    public void Advance(int count)
    {
        var (bytes, used) = _blocks[^1];
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - used);
        _blocks[^1] = (bytes, used + count);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_sealed) throw new InvalidOperationException("the content is complete");
        sizeHint = Math.Max(sizeHint, 1);
        if (_blocks.Count == 0 || _blocks[^1].Bytes.Length - _blocks[^1].Used < sizeHint)
            _blocks.Add((ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, sizeHint)), 0));
        var (bytes, used) = _blocks[^1];
        return bytes.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask<StoreOutcome> FlushAsync(CancellationToken cancellationToken)
    {
        var waiting = Length - _spilled;
        if (waiting <= (IsSpilled ? SpillAtLeast : spillThreshold)) return _broken ? StoreOutcome.NoSpace : StoreOutcome.Done;
        return await SpillAsync(cancellationToken);
    }

    /// <summary>Ends the writing.</summary>
    /// <returns>False when the content is broken for want of space.</returns>
    public async ValueTask<bool> SealAsync(CancellationToken cancellationToken)
    {
        if (_sealed) throw new InvalidOperationException("the content was committed before");
        if (_broken) return false;
        if (Length - _spilled > 0 && (IsSpilled || Length > spillThreshold)
            && await SpillAsync(cancellationToken) != StoreOutcome.Done)
            return false;
        _sealed = true;
        if (!IsSpilled) _hash = ContentHash.Of(Pieces);
        return true;
    }

    /// <summary>Makes spilled content durable under its id. Blocks while the disk works.</summary>
    /// <returns>Where it is; null when there was no room.</returns>
    public ContentPlace? Store(long content)
    {
        using (var stream = OpenRead()) _hash = ContentHash.Of(stream);
        var place = new ContentPlace(
            _segment, ContentOffset - Prefix.Length - RecordHeader.Size, new RecordHeader(content, StoredLength, Hash.Checksum));
        try
        {
            WriteFront(place);
        }
        catch (IOException e) when (Disk.IsNoSpace(e))
        {
            return null;
        }

        try
        {
            disk.Sync(_file!);
            folder.SyncNames();
        }
        catch (IOException e)
        {
            health.Fail(e);
            throw health.Refusal();
        }

        return place;
    }

    /// <summary>The rows were committed: a spilled file is the store's from now on.</summary>
    public void Stored() => _stored = true;

    /// <summary>Prefix and content, for parsing. Valid until the draft is written to or disposed.</summary>
    public Stream OpenRead() => Open(Prefix);

    public ValueTask DisposeAsync()
    {
        ReturnBlocks();
        _file?.Dispose();
        if (_segment != 0 && !_stored && !health.HasFailed) folder.Drop(_segment);
        _segment = 0;
        return ValueTask.CompletedTask;
    }

    private DraftStream Open(ReadOnlyMemory<byte> prefix)
    {
        if (_broken) throw new InvalidOperationException("the content is broken for want of space");
        return new DraftStream(prefix, _file, ContentOffset, _spilled, _blocks, Length);
    }

    private void WriteFront(ContentPlace place)
    {
        var headers = new byte[2 * RecordHeader.Size];
        RecordHeader.Filler(place.Offset - RecordHeader.Size).Write(headers);
        place.Header.Write(headers.AsSpan(RecordHeader.Size));
        disk.Write(_file!, [headers.AsMemory(0, RecordHeader.Size)], 0);
        var header = headers.AsMemory(RecordHeader.Size);
        disk.Write(_file!, Prefix.IsEmpty ? [header] : [header, Prefix], place.Offset);
    }

    private async ValueTask<StoreOutcome> SpillAsync(CancellationToken cancellationToken)
    {
        health.ThrowIfFailed();
        if (_broken) return StoreOutcome.NoSpace;
        try
        {
            if (_file is null) (_segment, _file) = folder.Create();
            await disk.WriteAsync(_file, [.. Blocks], ContentOffset + _spilled, cancellationToken);
        }
        catch (IOException e) when (Disk.IsNoSpace(e))
        {
            _broken = true;
            ReturnBlocks();
            return StoreOutcome.NoSpace;
        }

        _spilled = Length;
        ReturnBlocks();
        return StoreOutcome.Done;
    }

    private void ReturnBlocks()
    {
        foreach (var (bytes, _) in _blocks) ArrayPool<byte>.Shared.Return(bytes);
        _blocks.Clear();
    }
}
