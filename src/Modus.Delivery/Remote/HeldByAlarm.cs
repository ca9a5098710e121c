using Modus.Delivery.Queue;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>
/// Knows which messages a person has released that an attempt had held: the alarm of a downgrade holds them once. The traces say it.
/// Thread-safe.
/// </summary>
internal sealed class HeldByAlarm(ITraces traces, QueueOptions options)
{
    /// <summary>True when all of the message's recipients were held by an attempt, and the last word on them is a person's release.</summary>
    public async ValueTask<bool> IsReleasedAsync(OutgoingMessage message, CancellationToken cancellationToken)
    {
        if (options.Downgrade != TlsDowngrade.Hold || message.Entries.Any(static entry => entry.Attempts == 0)) return false;
        var trace = await traces.ReadAsync(message.First.QueueId, cancellationToken);
        return message.Entries.All(entry => IsReleased(message, [.. trace.Where(line => line.Recipient == OutgoingMessage.RecipientOf(entry))]));
    }

    // The line of an attempt names the peer, that of a person does not.
    private static bool IsReleased(OutgoingMessage message, IReadOnlyList<TraceEvent> lines) =>
        lines.LastOrDefault(static line => line.Kind is TraceKind.Held or TraceKind.Released) is { Kind: TraceKind.Released }
        && lines.Any(line => line.Kind == TraceKind.Held && (line.Peer is not null || message.Destination.Literal is not null));
}
