using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>
/// Collects what the change feed tells of an account, and wakes the session's read. While nothing happens it costs a dictionary and a
/// subscription. Thread-safe.
/// </summary>
internal sealed class ChangeInbox : IThreadPoolWorkItem, IDisposable
{
    private readonly Lock _gate = new();
    private readonly OrderedDictionary<(AccountId, MailboxId, MailboxName?), MailboxChange> _changes = [];
    private readonly WireConnection _wire;
    private readonly int _bound;
    private readonly IDisposable _subscription;
    private MailboxChangeKind _kinds = (MailboxChangeKind)~0;
    private int _held;
    private bool _isWaking;

    /// <param name="feed">Where the changes come from.</param>
    /// <param name="account">Whose.</param>
    /// <param name="wire">Whose read is woken.</param>
    /// <param name="bound">How many mailboxes and annotation entries are remembered at most.</param>
    public ChangeInbox(IChangeFeed feed, AccountId account, WireConnection wire, int bound)
    {
        _wire = wire;
        _bound = bound;
        _subscription = feed.Subscribe(account, OnChange);
    }

    /// <summary>What is worth waking anybody; everything at first.</summary>
    public MailboxChangeKind Kinds
    {
        get
        {
            lock (_gate) return _kinds;
        }
        set
        {
            lock (_gate) _kinds = value;
        }
    }

    /// <summary>Takes what came; changes of one mailbox have melted into one.</summary>
    /// <returns>False when more came than is remembered, and something may be missing.</returns>
    public bool TryTake(out IReadOnlyList<MailboxChange> changes)
    {
        lock (_gate)
        {
            changes = [];
            var isWhole = _held <= _bound;
            if (_changes.Count > 0 && isWhole) changes = [.. _changes.Values];
            _changes.Clear();
            _held = 0;
            return isWhole;
        }
    }

    // The session may go on inside Wake, and that must not happen on the writer's thread.
    void IThreadPoolWorkItem.Execute()
    {
        lock (_gate) _isWaking = false;
        _wire.Wake();
    }

    public void Dispose() => _subscription.Dispose();

    private void OnChange(MailboxChange change)
    {
        lock (_gate)
        {
            if ((change.Kind & _kinds) == 0) return;
            Remember(change);
            if (_isWaking) return;
            _isWaking = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Remember(in MailboxChange change)
    {
        if (_held > _bound) return;
        var held = _changes.TryGetValue(change.Subject, out var earlier);
        var melted = held ? earlier.With(change) : change;
        _held += (held ? 0 : 1) + (melted.Entries?.Count ?? 0) - (held ? earlier.Entries?.Count ?? 0 : 0);
        if (_held <= _bound) _changes[change.Subject] = melted;
        else _changes.Clear();
    }
}
