using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>Reads a draft from memory or from its own file, whichever has it, without copying it first.</summary>
internal sealed class DraftStream(SafeFileHandle? file, List<(byte[] Bytes, int Used)> blocks, long length) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        if (Position >= length) return 0;
        var read = file is null
            ? ReadBlocks(buffer)
            : RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, length - Position)], RecordHeader.Size + Position);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int ReadBlocks(Span<byte> buffer)
    {
        var skip = Position;
        foreach (var (bytes, used) in blocks)
        {
            if (skip < used)
            {
                var chunk = bytes.AsSpan((int)skip, (int)Math.Min(buffer.Length, used - skip));
                chunk.CopyTo(buffer);
                return chunk.Length;
            }

            skip -= used;
        }

        return 0;
    }
}
