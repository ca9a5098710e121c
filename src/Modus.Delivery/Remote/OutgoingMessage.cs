using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>The recipients of one message at one destination: what goes out in one transaction. Immutable.</summary>
/// <param name="Destination">Where it goes.</param>
/// <param name="Entries">The queue entries, one recipient each; at least one.</param>
internal sealed record OutgoingMessage(Destination Destination, IReadOnlyList<QueueEntry> Entries)
{
    /// <summary>The first entry: what all of them share is the same in it.</summary>
    public QueueEntry First => Entries[0];

    /// <summary>Puts entries of many messages together.</summary>
    public static IReadOnlyList<OutgoingMessage> Group(IEnumerable<QueueEntry> entries, int recipientsAtOnce) =>
    [
        .. from entry in entries
           group entry by (Destination.Of(entry), entry.QueueId, entry.Content, entry.ContentOffset) into message
           from part in message.Chunk(recipientsAtOnce)
           select new OutgoingMessage(message.Key.Item1, part),
    ];

    /// <summary>The envelope for some of the entries, each of them once.</summary>
    public static Envelope EnvelopeOf(IReadOnlyList<QueueEntry> entries) =>
        entries[0].Envelope with { Recipients = [.. entries.Select(static entry => entry.Envelope.Recipients[0])] };

    /// <summary>The recipient of an entry, for people.</summary>
    public static string RecipientOf(QueueEntry entry) => RecipientOf(entry.Envelope.Recipients[0].Path);

    private static string RecipientOf(ForwardPath path) => path.Address?.ToString() ?? "postmaster";
}
