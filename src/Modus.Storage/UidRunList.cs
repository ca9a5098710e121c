namespace Modus.Storage;

/// <summary>A run of UIDs without holes, and how many UIDs stand before it.</summary>
internal readonly record struct UidRun(uint First, uint Last, int Before)
{
    public int CountUpTo(uint uid) => checked(Before + (int)(uid - First) + 1);
}

/// <summary>Runs in the making: those that touch become one.</summary>
internal sealed class UidRunList
{
    private readonly List<UidRun> _runs;

    public UidRunList(int capacity) => _runs = new List<UidRun>(capacity);

    public UidRunList(UidRun[] runs)
    {
        _runs = new List<UidRun>(runs.Length + 1);
        _runs.AddRange(runs);
    }

    public bool IsChanged { get; private set; }

    public void Add(uint first, uint last)
    {
        var previous = _runs.Count == 0 ? default : _runs[^1];
        if (first <= previous.Last || last < first) throw new ArgumentException($"UIDs {first}:{last} are not in order after {previous.Last}");
        IsChanged = true;
        if (_runs.Count > 0 && first == previous.Last + 1) _runs[^1] = previous with { Last = last };
        else _runs.Add(new UidRun(first, last, _runs.Count == 0 ? 0 : previous.CountUpTo(previous.Last)));
        _ = _runs[^1].CountUpTo(last); // faults here, not when somebody asks
    }

    public UidRun[] ToArray() => [.. _runs];
}
