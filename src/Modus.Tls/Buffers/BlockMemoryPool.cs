using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>
/// Pinned blocks of 16 KB: one TLS record, and one system call, where Kestrel's own 4 KB blocks need four. Measured on an
/// upload: 1.96 to 1.28 CPU seconds a gigabyte in clear, 3.6 to 2.9 in TLS; idle connections hold no block either way.
/// Thread-safe.
/// </summary>
internal sealed class BlockMemoryPool : MemoryPool<byte>
{
    public const int BlockSize = 16 * 1024;

    /// <summary>What a pool keeps for later when a rush is over: 8 MB. Kestrel makes one pool per I/O queue.</summary>
    private const int MaxKept = 512;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _keptCount;
    private volatile bool _isDisposed;

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_kept.TryDequeue(out var block))
            return new Block(this);
        Interlocked.Decrement(ref _keptCount);
        block.Lend();
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _kept.Clear();
    }

    private void Keep(Block block)
    {
        if (_isDisposed)
            return;
        if (Interlocked.Increment(ref _keptCount) > MaxKept)
            Interlocked.Decrement(ref _keptCount);
        else
            _kept.Enqueue(block);
    }

    private sealed class Block(BlockMemoryPool pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        private int _isLent = 1;

        public Memory<byte> Memory => _bytes;

        public void Lend() => _isLent = 1;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLent, 0) == 1) // given back twice must not be lent twice
                pool.Keep(this);
        }
    }
}

/// <summary>What Kestrel's transport asks for its pools.</summary>
internal sealed class BlockMemoryPoolFactory : IMemoryPoolFactory<byte>
{
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new BlockMemoryPool();
}
