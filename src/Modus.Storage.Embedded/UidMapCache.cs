namespace Modus.Storage.Embedded;

/// <summary>
/// The UIDs of mailboxes that were opened, as of the state that they were read from; the longest unused go first.
/// Thread-safe.
/// </summary>
internal sealed class UidMapCache(long maxRuns = UidMapCache.DefaultMaxRuns)
{
    private const long DefaultMaxRuns = 2_000_000; // 12 bytes each: two mailboxes of 1,000,000 in the worst case, or 100,000 without holes
    private const int EntryRuns = 20; // what an entry costs beside its runs, in runs

    private readonly Lock _gate = new();
    private readonly Dictionary<MailboxId, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private long _runs;

    /// <summary>What is known of a mailbox; null when nothing is.</summary>
    public Entry? Find(MailboxId mailbox)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(mailbox, out var node)) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }
    }

    /// <summary>Remembers an entry, unless a newer one is there.</summary>
    public void Keep(Entry entry)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(entry.Mailbox, out var old))
            {
                if (old.Value.HighestModSeq >= entry.HighestModSeq) return;
                Drop(old);
            }

            _entries.Add(entry.Mailbox, _byUse.AddFirst(entry));
            _runs += CostOf(entry);
            while (_runs > maxRuns && _byUse.Last is { } last) Drop(last);
        }
    }

    private static long CostOf(Entry entry) => EntryRuns + entry.Uids.RunCount;

    private void Drop(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Mailbox);
        _byUse.Remove(node);
        _runs -= CostOf(node.Value);
    }

    /// <summary>The UIDs of a mailbox, and the UIDNEXT and HIGHESTMODSEQ that it had then.</summary>
    internal sealed record Entry(MailboxId Mailbox, Uid UidNext, ModSeq HighestModSeq, UidMap Uids);
}
