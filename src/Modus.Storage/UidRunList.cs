namespace Modus.Storage;

/// <summary>A run of UIDs without holes, and how many UIDs stand before it.</summary>
internal readonly record struct UidRun(uint First, uint Last, int Before)
{
    public int CountUpTo(uint uid) => checked(Before + (int)(uid - First) + 1);
}

/// <summary>Runs in the making: those that touch become one. What it hands over is its own memory, unless most of that is empty.</summary>
internal sealed class UidRunList(int capacity)
{
    private UidRun[] _runs = new UidRun[capacity];

    public int Count { get; private set; }

    public ReadOnlyMemory<UidRun> Runs => Count < _runs.Length / 2 ? _runs.AsSpan(0, Count).ToArray() : _runs.AsMemory(0, Count);

    public void AddAll(ReadOnlySpan<UidRun> runs)
    {
        runs.CopyTo(_runs);
        Count = runs.Length;
    }

    public void Add(uint first, uint last)
    {
        var previous = Count == 0 ? default : _runs[Count - 1];
        if (first <= previous.Last || last < first)
            throw new ArgumentException($"UIDs {first}:{last} are not in order after {previous.Last}");
        if (Count > 0 && first == previous.Last + 1)
        {
            _runs[Count - 1] = previous with { Last = last };
        }
        else
        {
            if (Count == _runs.Length) Array.Resize(ref _runs, Math.Max(4, 2 * Count));
            _runs[Count] = new UidRun(first, last, Count == 0 ? 0 : previous.CountUpTo(previous.Last));
            Count++;
        }

        _ = _runs[Count - 1].CountUpTo(last); // faults here, not when somebody asks
    }
}
