using Modus.Delivery.OutboundTls;

namespace Modus.Delivery.TlsReports;

/// <summary>What came of one policy on one day: the counts of RFC 8460 §4.4. Not thread-safe.</summary>
internal sealed class PolicyTally
{
    // Rows that tell something; of those above it only the sum is kept.
    private const int MaxFailures = 50;

    // A policy has 64 KB at most (RFC 8461 §3.3); a report repeats its beginning.
    private const int MaxStrings = 100;

    /// <summary>sts, tlsa or no-policy-found.</summary>
    public required string Type { get; init; }

    /// <summary>The policy as it was published.</summary>
    public required IReadOnlyList<string> Strings { get; init; }

    /// <summary>The hosts that an MTA-STS policy names.</summary>
    public required IReadOnlyList<string> MxHosts { get; init; }

    /// <summary>Sessions as the policy wants them.</summary>
    public long Succeeded { get; set; }

    /// <summary>Others.</summary>
    public long Failed { get; set; }

    /// <summary>The others, by what went wrong and where.</summary>
    public List<FailureTally> Failures { get; init; } = [];

    /// <summary>The policies that a try was about, each with a tally of this try alone.</summary>
    public static IEnumerable<PolicyTally> Of(TlsTry attempt)
    {
        // A fault of one kind of policy says nothing of the other (RFC 8460 §4.3.2).
        var isAboutSts = attempt.ResultType?.StartsWith("sts-", StringComparison.Ordinal) == true;
        var isAboutDane = attempt.ResultType is "tlsa-invalid" or "dnssec-invalid" or "dane-required";
        var hasSts = (attempt.Sts is { Mode: not StsMode.None } || isAboutSts) && !isAboutDane;
        var hasDane = (attempt.Dane is { Kind: not DaneKind.None } || isAboutDane) && !isAboutSts;
        if (hasSts)
            yield return Count(attempt, "sts", [.. attempt.Sts?.Lines.Take(MaxStrings) ?? []], [.. attempt.Sts?.MxPatterns.Take(MaxStrings) ?? []]);
        if (hasDane)
            yield return Count(attempt, "tlsa", [.. attempt.Dane?.Records.Take(MaxStrings).Select(ToText) ?? []], []);
        if (!hasSts && !hasDane)
            yield return Count(attempt, "no-policy-found", [], []);
    }

    public bool IsAboutSameAs(PolicyTally other) => Type == other.Type && Strings.SequenceEqual(other.Strings);

    public void Add(PolicyTally other)
    {
        Succeeded += other.Succeeded;
        Failed += other.Failed;
        foreach (var failure in other.Failures)
        {
            if (Failures.Find(failure.IsSameAs) is { } known) known.Count += failure.Count;
            else if (Failures.Count < MaxFailures) Failures.Add(failure);
        }
    }

    private static PolicyTally Count(TlsTry attempt, string type, IReadOnlyList<string> strings, IReadOnlyList<string> hosts)
    {
        var tally = new PolicyTally { Type = type, Strings = strings, MxHosts = hosts };
        if (attempt.ResultType is not { } result)
        {
            tally.Succeeded = 1;
            return tally;
        }

        tally.Failed = 1;
        tally.Failures.Add(new FailureTally
        {
            ResultType = result, MxHost = attempt.Host, SendingAddress = attempt.SourceAddress?.ToString(),
            ReceivingAddress = attempt.HostAddress?.ToString(), Detail = FailureTally.Shorten(attempt.Detail), Count = 1,
        });
        return tally;
    }

    // 3 1 1 0a1b… (RFC 8460 §4.4)
    private static string ToText(Tls.TlsaRecord record) =>
        $"{record.Usage} {record.Selector} {record.MatchingType} {Convert.ToHexString(record.Association.Span)}";
}

/// <summary>One way in which sessions failed.</summary>
internal sealed class FailureTally
{
    private const int MaxDetail = 200;

    /// <summary>A result type of RFC 8460 §4.3.</summary>
    public required string ResultType { get; init; }

    /// <summary>The host.</summary>
    public required string MxHost { get; init; }

    /// <summary>Our address.</summary>
    public string? SendingAddress { get; init; }

    /// <summary>Its address.</summary>
    public string? ReceivingAddress { get; init; }

    /// <summary>In words, of the first that failed so.</summary>
    public string? Detail { get; init; }

    /// <summary>How often.</summary>
    public long Count { get; set; }

    public bool IsSameAs(FailureTally other) =>
        (ResultType, MxHost, SendingAddress, ReceivingAddress) == (other.ResultType, other.MxHost, other.SendingAddress, other.ReceivingAddress);

    public static string? Shorten(string? text) => text is { Length: > MaxDetail } ? text[..MaxDetail] + "…" : text;
}
