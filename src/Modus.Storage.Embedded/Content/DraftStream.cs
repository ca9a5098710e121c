using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// Reads a draft where its bytes are, without copying it first: a prefix, then what was spilled to a file, then the blocks in memory.
/// </summary>
internal sealed class DraftStream(
    ReadOnlyMemory<byte> prefix, SafeFileHandle? file, long fileOffset, long spilled, List<(byte[] Bytes, int Used)> blocks, long written)
    : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => prefix.Length + written;

    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty) return 0;
        var at = _position - prefix.Length;
        var read = at < 0 ? Copy(prefix.Span[(int)_position..], buffer)
            : at < spilled ? RandomAccess.Read(file!, buffer[..(int)Math.Min(buffer.Length, spilled - at)], fileOffset + at)
            : ReadBlocks(at - spilled, buffer);
        _position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // What was just written comes from memory or the page cache, sooner than from another thread.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadBlocks(long skip, Span<byte> buffer)
    {
        foreach (var (bytes, used) in blocks)
        {
            if (skip < used) return Copy(bytes.AsSpan((int)skip, used - (int)skip), buffer);
            skip -= used;
        }

        return 0;
    }

    private static int Copy(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var count = Math.Min(source.Length, target.Length);
        source[..count].CopyTo(target);
        return count;
    }
}
