using System.IO.Hashing;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// Reads one content from a pinned segment. Reading from start to end checks the bytes on the way, whatever was read of them
/// before: the read that reaches the end throws when they are not what was stored. Reads are pread calls on the thread that asks: from the
/// page cache they take microseconds, and from disk another pool thread would block just the same.
/// </summary>
internal sealed class ContentReader(SegmentPin pin, ContentPlace place) : IContentReader
{
    private readonly Lock _gate = new();
    private readonly XxHash3 _running = new();
    private long _checkedTo;

    public long Length => place.Header.Length;

    /// <summary>Opens a content whose header is as it must be.</summary>
    /// <exception cref="InvalidDataException">The header is damaged.</exception>
    public static ContentReader Open(SegmentPin pin, ContentPlace place)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[RecordHeader.Size];
            var read = RandomAccess.Read(pin.File, bytes, place.Offset);
            if (RecordHeader.TryRead(bytes[..read], out var header) && header == place.Header) return new ContentReader(pin, place);
            throw Damaged(place, "its header is not the one that was stored");
        }
        catch
        {
            pin.Dispose(); // or the file could never be deleted
            throw;
        }
    }

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(offset, buffer.Span));
    }

    public int Read(long offset, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (offset >= Length || buffer.IsEmpty) return 0;
        var wanted = buffer[..(int)Math.Min(buffer.Length, Length - offset)];
        var read = RandomAccess.Read(pin.File, wanted, place.BodyOffset + offset);
        if (read == 0) throw Damaged(place, "its segment ends before it does");
        Check(offset, wanted[..read]);
        return read;
    }

    public ValueTask DisposeAsync()
    {
        pin.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Check(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            var known = _checkedTo - offset;
            if (known < 0 || known >= bytes.Length) return;
            _running.Append(bytes[(int)known..]);
            _checkedTo = offset + bytes.Length;
            if (_checkedTo == Length && _running.GetCurrentHashAsUInt64() != place.Header.Checksum)
                throw Damaged(place, "its checksum is wrong");
        }
    }

    private static InvalidDataException Damaged(ContentPlace place, string why) =>
        new($"content {place.Header.Content} in segment {place.Segment} at {place.Offset} is damaged: {why}");
}
