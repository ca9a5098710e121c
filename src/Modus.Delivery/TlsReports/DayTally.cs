namespace Modus.Delivery.TlsReports;

/// <summary>What a domain's report of one day will say, and how its sending goes. Not thread-safe.</summary>
internal sealed class DayTally
{
    // A policy that changes more often in a day is somebody's experiment.
    private const int MaxPolicies = 10;

    /// <summary>By policy.</summary>
    public List<PolicyTally> Policies { get; init; } = [];

    /// <summary>How often sending was tried.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is tried next; null before the first time.</summary>
    public DateTimeOffset? NotBefore { get; set; }

    public void Add(PolicyTally tally)
    {
        if (Policies.Find(tally.IsAboutSameAs) is { } known) known.Add(tally);
        else if (Policies.Count < MaxPolicies) Policies.Add(tally);
    }
}
