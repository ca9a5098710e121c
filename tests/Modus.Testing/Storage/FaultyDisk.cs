using Microsoft.Win32.SafeHandles;
using Modus.Storage.Embedded.Content;

namespace Modus.Testing.Storage;

/// <summary>A disk that fails when told to.</summary>
internal sealed class FaultyDisk : Disk
{
    private const int NoSpaceError = 28;
    private const int IoError = 5;

    private readonly Lock _gate = new();

    public bool IsFull { get; set; }

    /// <summary>So many bytes can be written in all.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    public bool SyncFails { get; set; }

    public int Syncs { get; private set; }

    public override void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
    {
        TakeRoom(buffers);
        base.Write(file, buffers, offset);
    }

    public override ValueTask WriteAsync(
        SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset, CancellationToken cancellationToken)
    {
        TakeRoom(buffers);
        return base.WriteAsync(file, buffers, offset, cancellationToken);
    }

    public override void Sync(SafeFileHandle file)
    {
        Syncs++;
        if (SyncFails) throw new IOException("fdatasync: on purpose", IoError);
        base.Sync(file);
    }

    private void TakeRoom(IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        var wanted = buffers.Sum(static buffer => (long)buffer.Length);
        lock (_gate)
        {
            if (IsFull || wanted > Capacity) throw new IOException("no space, on purpose", NoSpaceError);
            Capacity -= wanted;
        }
    }
}
