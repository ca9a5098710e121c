using System.Runtime.InteropServices;
using SharpFuzz.Common;

namespace Modus.Fuzz;

/// <summary>Which branches a run took, and whether any of them, or how often, is new.</summary>
internal sealed unsafe class Coverage : IDisposable
{
    private const int MapSize = 1 << 16;

    private readonly byte* _map = (byte*)NativeMemory.AllocZeroed(MapSize);
    private readonly byte[] _seen = new byte[MapSize];

    public Coverage() => Trace.SharedMem = _map;

    /// <summary>Branches seen so far.</summary>
    public int Count => MapSize - _seen.AsSpan().Count((byte)0);

    public void Begin()
    {
        new Span<byte>(_map, MapSize).Clear();
        Trace.PrevLocation = 0;
    }

    /// <summary>Takes the run's branches in.</summary>
    /// <returns>True when there was something new.</returns>
    public bool End()
    {
        var isNew = false;
        for (var i = 0; i < MapSize; i++)
        {
            if (_map[i] == 0) continue;
            var bucket = Bucket(_map[i]);
            isNew |= (_seen[i] & bucket) == 0;
            _seen[i] |= bucket;
        }

        return isNew;
    }

    public void Dispose() => NativeMemory.Free(_map);

    // Once, twice, a few times, often: a loop that runs 40 times instead of 39 is nothing new.
    private static byte Bucket(byte hits) => hits switch { 1 => 1, 2 => 2, 3 => 4, < 8 => 8, < 16 => 16, < 32 => 32, < 128 => 64, _ => 128 };
}
