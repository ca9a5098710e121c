using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>A message as threading sees it.</summary>
/// <param name="Uid">Its UID.</param>
/// <param name="Sent">Its sent date, in ticks of UTC (RFC 5256 §2.2).</param>
/// <param name="Subject">Its base subject, folded.</param>
/// <param name="IsReplyOrForward">Whether its subject says so.</param>
internal sealed record ThreadMessage(Uid Uid, long Sent, string Subject, bool IsReplyOrForward) : IComparable<ThreadMessage>
{
    /// <summary>Earlier ones first; those sent at once in the order of the mailbox.</summary>
    public int CompareTo(ThreadMessage? other)
    {
        var order = Sent.CompareTo(other!.Sent);
        return order != 0 ? order : Uid.CompareTo(other.Uid);
    }
}

/// <summary>A place in a thread. The message is null where one is missing that others answer; such a place is only on top, and has children.</summary>
internal sealed class ThreadNode(ThreadMessage? message)
{
    private static readonly Comparison<ThreadNode> BySent = static (left, right) => left.Oldest.CompareTo(right.Oldest);

    public ThreadMessage? Message { get; set; } = message;

    public bool IsDummy => Message is null;

    /// <summary>The answers; null when there are none.</summary>
    public List<ThreadNode>? Children { get; set; }

    /// <summary>The message, or the first of its children in their present order where there is none.</summary>
    public ThreadMessage Oldest => Message ?? Children![0].Message!;

    public void Add(ThreadNode child) => (Children ??= []).Add(child);

    public static void Sort(List<ThreadNode> siblings) => siblings.Sort(BySent);
}
