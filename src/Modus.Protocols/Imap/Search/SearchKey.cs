using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// What a message must be to be found (RFC 9051 §6.4.4), as the client wrote it: sequence numbers, <c>*</c> and <c>$</c> are not
/// resolved, texts not folded. Immutable.
/// </summary>
internal abstract record SearchKey
{
    /// <summary>How many keys stand one inside another here; 1 for a key that holds none.</summary>
    public virtual int Depth => 1;

    /// <summary>The keys inside.</summary>
    public virtual IReadOnlyList<SearchKey> Inner => [];
}

/// <summary>ALL, SAVEDATESUPPORTED.</summary>
internal sealed record AllKey : SearchKey;

/// <summary>What nothing matches: THREADID where threads have no identity (RFC 8474 §5.2).</summary>
internal sealed record NothingKey : SearchKey;

/// <summary>ANSWERED, DELETED, DRAFT, FLAGGED, SEEN.</summary>
internal sealed record FlagKey(MessageFlags Flag) : SearchKey;

/// <summary>RECENT (RFC 3501 §6.4.4).</summary>
internal sealed record RecentKey : SearchKey;

/// <summary>KEYWORD.</summary>
internal sealed record KeywordKey(string Keyword) : SearchKey;

/// <summary>Which date is compared.</summary>
internal enum SearchDate
{
    /// <summary>INTERNALDATE.</summary>
    Internal,

    /// <summary>The Date header field.</summary>
    Sent,

    /// <summary>SAVEDATE (RFC 8514).</summary>
    Saved,
}

/// <summary>How a date is compared.</summary>
internal enum DateRelation
{
    /// <summary>Earlier than the day.</summary>
    Before,

    /// <summary>On the day.</summary>
    On,

    /// <summary>On the day or later.</summary>
    Since,
}

/// <summary>BEFORE, ON, SINCE, and the same with SENT and SAVED.</summary>
internal sealed record DateKey(SearchDate Date, DateRelation Relation, DateOnly Day) : SearchKey;

/// <summary>OLDER and YOUNGER (RFC 5032).</summary>
internal sealed record AgeKey(bool IsYounger, uint Seconds) : SearchKey;

/// <summary>LARGER and SMALLER.</summary>
internal sealed record SizeKey(bool IsLarger, long Size) : SearchKey;

/// <summary>The fields of the ENVELOPE that have a key of their own.</summary>
internal enum EnvelopeField
{
    /// <summary>FROM.</summary>
    From,

    /// <summary>TO.</summary>
    To,

    /// <summary>CC.</summary>
    Cc,

    /// <summary>BCC.</summary>
    Bcc,

    /// <summary>SUBJECT.</summary>
    Subject,
}

/// <summary>FROM, TO, CC, BCC, SUBJECT.</summary>
internal sealed record EnvelopeKey(EnvelopeField Field, string Text) : SearchKey;

/// <summary>HEADER; an empty text asks whether the field is there.</summary>
internal sealed record HeaderKey(string Name, string Text) : SearchKey;

/// <summary>BODY, and TEXT, which reads the header fields too.</summary>
internal sealed record ContentKey(string Text, bool WithHeader) : SearchKey;

/// <summary>A set of sequence numbers, or UID and a set.</summary>
internal sealed record SetKey(SequenceSet Set, bool IsUid) : SearchKey;

/// <summary>MODSEQ (RFC 7162 §3.1.5). The entry is not kept: a message has one MODSEQ for all its metadata.</summary>
internal sealed record ModSeqKey(long AtLeast) : SearchKey;

/// <summary>EMAILID (RFC 8474 §6).</summary>
internal sealed record EmailIdKey(string ObjectId) : SearchKey;

/// <summary>NOT.</summary>
internal sealed record NotKey(SearchKey Key) : SearchKey
{
    public override int Depth { get; } = Key.Depth + 1;

    public override IReadOnlyList<SearchKey> Inner => [Key];
}

/// <summary>Keys that must match all.</summary>
internal sealed record AndKey(IReadOnlyList<SearchKey> Keys) : SearchKey
{
    public override int Depth { get; } = Keys.Max(static key => key.Depth) + 1;

    public override IReadOnlyList<SearchKey> Inner => Keys;
}

/// <summary>OR; of chains of ORs one key is made.</summary>
internal sealed record OrKey(IReadOnlyList<SearchKey> Keys) : SearchKey
{
    public override int Depth { get; } = Keys.Max(static key => key.Depth) + 1;

    public override IReadOnlyList<SearchKey> Inner => Keys;
}
