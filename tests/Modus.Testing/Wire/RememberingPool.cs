using System.Buffers;

namespace Modus.Testing.Wire;

/// <summary>A memory pool that keeps what it gave out, for a test that looks for what must have been overwritten. Thread-safe.</summary>
public sealed class RememberingPool : MemoryPool<byte>
{
    private const int BlockSize = 4096;

    private readonly List<byte[]> _given = [];

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        var block = new Block(new byte[Math.Max(minBufferSize, BlockSize)]);
        lock (_given) _given.Add(block.Bytes);
        return block;
    }

    /// <summary>How many blocks were given out.</summary>
    public int Rented
    {
        get
        {
            lock (_given) return _given.Count;
        }
    }

    /// <summary>Whether these bytes stand in any block, given back or not.</summary>
    public bool Holds(ReadOnlySpan<byte> bytes)
    {
        lock (_given)
        {
            foreach (var block in _given)
                if (block.AsSpan().IndexOf(bytes) >= 0) return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(byte[] bytes) : IMemoryOwner<byte>
    {
        public byte[] Bytes => bytes;

        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
        }
    }
}
