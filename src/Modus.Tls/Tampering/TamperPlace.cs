namespace Modus.Tls;

/// <summary>What was seen of one kind at one place. Guarded by the sensor's lock.</summary>
internal sealed class TamperPlace(TamperKind kind, string name)
{
    // How often each witness was there; few of them, so that a list does.
    private readonly List<(string Name, int Times)> _witnesses = [];

    public TamperKind Kind => kind;

    public string Name => name;

    public DateTimeOffset First { get; private set; }

    public DateTimeOffset Last { get; private set; }

    public DateTimeOffset? ToldAt { get; set; }

    public long Signs { get; private set; }

    /// <summary>What came of it that no accident does: mail in clear behind a handshake that was cut.</summary>
    public int Confirmed { get; set; }

    /// <summary>The last sign, in words.</summary>
    public string Detail { get; private set; } = "";

    public int Witnesses => _witnesses.Count;

    public bool IsOver(DateTimeOffset now) => Signs > 0 && now - Last > TamperRules.Window;

    public int WitnessesSeen(int times) => _witnesses.Count(one => one.Times >= times);

    public bool HasWitness(string witness) => _witnesses.Exists(one => one.Name == witness);

    public void See(string witness, string detail, DateTimeOffset now)
    {
        if (IsOver(now)) Forget();
        if (Signs == 0) First = now;
        (Last, Detail) = (now, detail);
        Signs++;
        var index = _witnesses.FindIndex(one => one.Name == witness);
        if (index >= 0) _witnesses[index] = (witness, _witnesses[index].Times + 1);
        else if (_witnesses.Count < TamperRules.MaxWitnesses) _witnesses.Add((witness, 1));
    }

    /// <summary>It works again, or it is long ago.</summary>
    public void Forget()
    {
        _witnesses.Clear();
        (Signs, Confirmed, Detail, ToldAt) = (0, 0, "", null);
    }
}
