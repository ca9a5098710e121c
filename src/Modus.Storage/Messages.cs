using Modus.Mail.Structure;

namespace Modus.Storage;

/// <summary>The system flags (RFC 9051 §2.3.2).</summary>
[Flags]
public enum MessageFlags
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>\Seen.</summary>
    Seen = 1,

    /// <summary>\Answered.</summary>
    Answered = 2,

    /// <summary>\Flagged.</summary>
    Flagged = 4,

    /// <summary>\Deleted.</summary>
    Deleted = 8,

    /// <summary>\Draft.</summary>
    Draft = 16,
}

/// <summary>A range of UIDs, both ends included.</summary>
/// <param name="First">The least.</param>
/// <param name="Last">The greatest.</param>
public readonly record struct UidRange(Uid First, Uid Last)
{
    /// <summary>Every UID there can be.</summary>
    public static UidRange All => new(new Uid(1), new Uid(uint.MaxValue));

    /// <summary>Every UID after <paramref name="uid"/>.</summary>
    public static UidRange After(Uid uid) => new(new Uid(uid.Value + 1), new Uid(uint.MaxValue));
}

/// <summary>One message in one mailbox.</summary>
public sealed record MailboxMessage
{
    /// <summary>Its UID.</summary>
    public required Uid Uid { get; init; }

    /// <summary>Its identity across mailboxes; the key to its <see cref="MessageSummary"/>.</summary>
    public required EmailId Email { get; init; }

    /// <summary>Its bytes.</summary>
    public required ContentId Content { get; init; }

    /// <summary>System flags.</summary>
    public required MessageFlags Flags { get; init; }

    /// <summary>Keywords, in the case in which they were first set in this mailbox.</summary>
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>MODSEQ.</summary>
    public required ModSeq ModSeq { get; init; }

    /// <summary>INTERNALDATE, with the offset that it came with, to the second.</summary>
    public required DateTimeOffset InternalDate { get; init; }

    /// <summary>When it came into this mailbox (SAVEDATE, RFC 8514).</summary>
    public required DateTimeOffset SaveDate { get; init; }

    /// <summary>RFC822.SIZE, in bytes.</summary>
    public required long Size { get; init; }
}

/// <summary>What is computed of a message once, when it is stored.</summary>
/// <param name="Structure">ENVELOPE, BODYSTRUCTURE with the offsets of every part, and the preview.</param>
/// <param name="Sha256">SHA-256 of the content.</param>
public sealed record MessageSummary(MessageStructure Structure, ReadOnlyMemory<byte> Sha256);

/// <summary>A message that is no more.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="ModSeq">The MODSEQ of its expunge.</param>
public readonly record struct ExpungedMessage(Uid Uid, ModSeq ModSeq);

/// <summary>A message that was copied or moved.</summary>
/// <param name="Source">Its UID where it was.</param>
/// <param name="Target">Where it is now.</param>
public readonly record struct CopiedMessage(Uid Source, StoredMessage Target);

/// <summary>How flags change.</summary>
public enum FlagChangeKind
{
    /// <summary>+FLAGS.</summary>
    Add,

    /// <summary>-FLAGS.</summary>
    Remove,

    /// <summary>FLAGS.</summary>
    Replace,
}

/// <summary>One change of flags.</summary>
/// <param name="Kind">Add, remove or replace.</param>
/// <param name="Flags">The system flags.</param>
/// <param name="Keywords">The keywords.</param>
/// <param name="UnchangedSince">Leave alone what was changed after this (RFC 7162 §3.1.3); null for no condition.</param>
public sealed record FlagChange(
    FlagChangeKind Kind, MessageFlags Flags, IReadOnlyList<string> Keywords, ModSeq? UnchangedSince = null);

/// <summary>What a change of flags did.</summary>
/// <param name="Changed">The messages that are there, as they are now; those without a change keep their MODSEQ.</param>
/// <param name="Modified">The UIDs left alone because of UNCHANGEDSINCE.</param>
public sealed record FlagChangeResult(IReadOnlyList<MailboxMessage> Changed, IReadOnlyList<Uid> Modified);
