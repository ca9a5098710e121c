namespace Modus.Storage;

/// <summary>A mailbox and the UIDs in it, both of one committed state: what SELECT begins with.</summary>
/// <param name="Mailbox">The mailbox with its counters.</param>
/// <param name="Uids">Its UIDs; as many as <see cref="Mailbox.Messages"/> says.</param>
public sealed record MailboxView(Mailbox Mailbox, UidMap Uids);

/// <summary>
/// What happened in a mailbox, all of one committed state. Next time ask from <see cref="Mailbox.HighestModSeq"/> of
/// <see cref="Mailbox"/> on.
/// </summary>
/// <param name="Mailbox">The mailbox with its counters.</param>
/// <param name="Changed">Messages that came or changed, in the order of their UIDs.</param>
/// <param name="IsComplete">
/// False when the limit cut <paramref name="Changed"/> off. Go on from its last UID with
/// <see cref="IMailStore.ReadMessagesAsync"/> and the same MODSEQ, up to UIDNEXT; what changes meanwhile gets a MODSEQ
/// beyond HIGHESTMODSEQ of <paramref name="Mailbox"/>, so that the next question finds it.
/// </param>
/// <param name="Expunged">The UIDs that went, in order; never cut off.</param>
public sealed record MailboxUpdate(
    Mailbox Mailbox, IReadOnlyList<MailboxMessage> Changed, bool IsComplete, IReadOnlyList<ExpungedMessage> Expunged);

/// <summary>The messages that are \Recent to whoever took them (RFC 3501 §2.3.2); none when both are equal.</summary>
/// <param name="First">The first UID that no session was told of before.</param>
/// <param name="Next">The first UID that is left for another session.</param>
public readonly record struct RecentUids(Uid First, Uid Next)
{
    /// <summary>Whether a message is \Recent.</summary>
    public bool Contains(Uid uid) => uid >= First && uid < Next;
}
