using Modus.Storage;

namespace Modus.Server.Admin.Operations;

internal enum QueueChangeKind
{
    /// <summary>Due now.</summary>
    Retry,

    /// <summary>Held until it is released.</summary>
    Hold,

    /// <summary>Held no more.</summary>
    Release,

    /// <summary>Gone, with no notice to the sender.</summary>
    Drop,
}

/// <param name="Change">What becomes of the entries.</param>
/// <param name="QueueId">Those of this message; null does not restrict.</param>
/// <param name="Entry">This one alone; null does not restrict.</param>
/// <param name="Domain">Those for this domain; null does not restrict.</param>
/// <param name="All">True when nothing else restricts on purpose.</param>
internal sealed record QueueChange(QueueChangeKind Change, string? QueueId, long? Entry, string? Domain, bool All);

internal sealed record QueueTraceQuery(string QueueId);

/// <summary>A line of a trace, for people and scripts.</summary>
internal sealed record TraceRow(DateTimeOffset At, TraceKind Kind, string? Recipient, string Text, ReceiptRow? Receipt)
{
    public static TraceRow From(TraceEvent line) => new(line.At, line.Kind, line.Recipient, line.Text, line.Receipt is { } receipt ? ReceiptRow.From(receipt) : null);
}

/// <summary>How a message travelled on one leg.</summary>
internal sealed record ReceiptRow(
    TravelDirection Direction,
    string PeerName,
    string? Address,
    string? Login,
    string? Protocol,
    string? CipherSuite,
    string? Group,
    string? PeerKey,
    string Verified,
    string Policy)
{
    public static ReceiptRow From(TravelReceipt receipt) => new(
        receipt.Direction, receipt.PeerName, receipt.Address?.ToString(), receipt.Login, receipt.Protocol, receipt.CipherSuite, receipt.Group,
        receipt.PeerKey, receipt.Verified, receipt.Policy);
}

/// <param name="Hop"><c>host</c> or <c>host:port</c>.</param>
internal sealed record HopName(string Hop);

/// <param name="Prefix">Only hops whose names begin so; null for all.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record HopQuery(string? Prefix, int Limit);

/// <param name="Hop"><c>host:port</c>.</param>
/// <param name="Forget">True to forget it, false to pin a key.</param>
/// <param name="Key">The key to pin; null for the one that it showed last.</param>
internal sealed record HopChange(string Hop, bool Forget, string? Key);
