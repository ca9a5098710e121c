using Modus.Mail;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>How an attempt ended for one recipient.</summary>
internal sealed record RecipientEnd
{
    /// <summary>The entry.</summary>
    public required QueueEntry Entry { get; init; }

    /// <summary>What came of it.</summary>
    public required QueueVerdict Verdict { get; init; }

    /// <summary>The enhanced status.</summary>
    public required EnhancedStatus Status { get; init; }

    /// <summary>A sentence for people.</summary>
    public required string Text { get; init; }

    /// <summary>The host that decided; null when none was reached.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>What it said; null when it said nothing.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>How the message travelled; null when it did not.</summary>
    public TravelReceipt? Receipt { get; init; }

    /// <summary>True when the next hop tells of success (RFC 3461 §5.2.2).</summary>
    public bool DsnPassedOn { get; init; }
}

/// <summary>How an attempt ended.</summary>
/// <param name="Ends">The recipients for whom something was found out.</param>
/// <param name="Untried">Those for whom nothing was, because the server stops.</param>
internal sealed record DeliveryOutcome(IReadOnlyList<RecipientEnd> Ends, IReadOnlyList<QueueEntry> Untried)
{
    /// <summary>Set when no host of the destination could be reached, for whatever message: why.</summary>
    public HopFault? Down { get; init; }

    /// <summary>True when some host was spoken to.</summary>
    public bool WasReached { get; init; }
}
