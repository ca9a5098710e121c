using Modus.Server.TlsCheck;

namespace Modus.Server.Doctor;

/// <summary>Looks at one thing. It says what it finds as it goes, so that what it had is there when its time is over.</summary>
/// <param name="Area">What it is about.</param>
/// <param name="Where">What it looks at.</param>
/// <param name="LookAsync">Looks. Must end when it is cancelled.</param>
internal sealed record Examination(string Area, string Where, Func<DoctorNotes, CancellationToken, ValueTask> LookAsync);

/// <summary>What one examination has found. Used by one at a time; <see cref="All"/> is a copy, and may be asked at any time.</summary>
internal sealed class DoctorNotes(string area, string where)
{
    private readonly List<DoctorFinding> _all = [];
    private readonly Lock _lock = new();

    public IReadOnlyList<DoctorFinding> All
    {
        get
        {
            lock (_lock) return [.. _all];
        }
    }

    public void Ok(string what) => Add(FindingLevel.Ok, what);

    public void Note(string what, params string[] remedy) => Add(FindingLevel.Note, what, remedy);

    public void Warn(string what, params string[] remedy) => Add(FindingLevel.Warning, what, remedy);

    public void Fault(string what, params string[] remedy) => Add(FindingLevel.Fault, what, remedy);

    /// <summary>The same of another thing, or in another area.</summary>
    public void Add(FindingLevel severity, string what, string[]? remedy = null, string? otherArea = null, string? otherPlace = null)
    {
        // Replies, names and records are strangers' to choose.
        var finding = new DoctorFinding(
            otherArea ?? area, [StrangerText.Clean(otherPlace ?? where)], severity, StrangerText.Clean(what), [.. (remedy ?? []).Select(StrangerText.Clean)]);
        lock (_lock) _all.Add(finding);
    }
}
