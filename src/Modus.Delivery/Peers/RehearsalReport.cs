using System.Globalization;
using Modus.Storage;

namespace Modus.Delivery.Peers;

/// <summary>What a rule would have done to the mail of the last days.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="From">From when on mail was looked at.</param>
/// <param name="Seen">Messages in that time, of all peers.</param>
/// <param name="Rows">What the rule would have decided, by peer, host, direction and end; what it refuses first, then most messages first.</param>
public sealed record RehearsalReport(string Rule, DateTimeOffset From, long Seen, IReadOnlyList<RehearsalRow> Rows)
{
    /// <summary>True when the rule would have kept mail back, or may have.</summary>
    public bool HasRefusals => Rows.Any(static row => row.End != RehearsalEnd.Passed);

    /// <summary>All of it in a sentence.</summary>
    public string Verdict
    {
        get
        {
            var span = string.Create(CultureInfo.InvariantCulture, $"since {From.UtcDateTime:yyyy-MM-dd}");
            if (Rows.Count == 0) return string.Create(CultureInfo.InvariantCulture, $"The rule {Rule} would have decided about none of the {Seen} messages {span}.");
            return HasRefusals
                ? string.Create(CultureInfo.InvariantCulture, $"Of the messages {span} the rule {Rule} would have kept back {Sum(RehearsalEnd.Refused)}, and of {Sum(RehearsalEnd.Doubtful)} it cannot be told.")
                : string.Create(CultureInfo.InvariantCulture, $"Of the messages {span} the rule {Rule} would have decided about {Sum(RehearsalEnd.Passed)}, and kept back none.");
        }
    }

    private long Sum(RehearsalEnd end) => Rows.Where(row => row.End == end).Sum(static row => row.Messages);
}

/// <summary>How it would have ended.</summary>
public enum RehearsalEnd
{
    /// <summary>Refused, or not sent.</summary>
    Refused,

    /// <summary>What was recorded does not tell.</summary>
    Doubtful,

    /// <summary>As it did.</summary>
    Passed,
}

/// <summary>Mail of one peer that would have ended alike.</summary>
public sealed record RehearsalRow
{
    /// <summary>The domain of the other side; empty for the null reverse-path.</summary>
    public required string Peer { get; init; }

    /// <summary>The address of a client, the name of a next hop.</summary>
    public required string Host { get; init; }

    /// <summary>Which way.</summary>
    public required TravelDirection Direction { get; init; }

    /// <summary>How it would have ended.</summary>
    public required RehearsalEnd End { get; init; }

    /// <summary>The code of the reply or of the notice, such as <c>530 5.7.0</c>; null where it passes.</summary>
    public string? Reply { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Why { get; init; }

    /// <summary>How many messages.</summary>
    public required long Messages { get; init; }

    /// <summary>When the last of them came or went.</summary>
    public required DateTimeOffset LastSeen { get; init; }
}
