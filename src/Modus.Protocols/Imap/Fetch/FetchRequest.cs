namespace Modus.Protocols.Imap.Fetch;

/// <summary>What a FETCH asks of each message, and what must be read for it. Immutable.</summary>
internal sealed class FetchRequest
{
    public FetchRequest(IReadOnlyList<FetchAttribute> attributes)
    {
        Attributes = attributes;
        foreach (var attribute in attributes)
        {
            NeedsContent |= attribute.Section is not null;
            NeedsSummary |= attribute.Section is { IsWhole: false }
                || attribute.Item is FetchItem.Envelope or FetchItem.Body or FetchItem.BodyStructure or FetchItem.Preview;
            NeedsModSeq |= attribute.Item == FetchItem.ModSeq;
            SetsSeen |= attribute.SetsSeen;
        }
    }

    public static FetchRequest Empty { get; } = new([]);

    /// <summary>In the order in which they were asked for.</summary>
    public IReadOnlyList<FetchAttribute> Attributes { get; }

    /// <summary>True when the structure of the message is needed.</summary>
    public bool NeedsSummary { get; }

    /// <summary>True when the bytes of the message are needed.</summary>
    public bool NeedsContent { get; }

    /// <summary>True when MODSEQ is asked for, which enables CONDSTORE (RFC 7162 §3.1).</summary>
    public bool NeedsModSeq { get; }

    /// <summary>True when the messages are \Seen by it.</summary>
    public bool SetsSeen { get; }

    /// <summary>The same with one more attribute, unless it is there: UID of UID FETCH, MODSEQ of CHANGEDSINCE, FLAGS of what becomes \Seen.</summary>
    public FetchRequest With(FetchItem item) =>
        Attributes.Any(attribute => attribute.Item == item) ? this : new FetchRequest([.. Attributes, FetchAttribute.Of(item)]);
}
