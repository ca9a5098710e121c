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
    private readonly Dictionary<MailboxId, MailboxChange> _changes = [];
    private readonly WireConnection _wire;
    private readonly IDisposable _subscription;
    private bool _isWaking;

    public ChangeInbox(IChangeFeed feed, AccountId account, WireConnection wire)
    {
        _wire = wire;
        _subscription = feed.Subscribe(account, OnChange);
    }

    /// <summary>Takes what came; changes of one mailbox have melted into one.</summary>
    public IReadOnlyList<MailboxChange> Take()
    {
        lock (_gate)
        {
            if (_changes.Count == 0) return [];
            MailboxChange[] taken = [.. _changes.Values];
            _changes.Clear();
            return taken;
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
            _changes[change.Mailbox] = _changes.TryGetValue(change.Mailbox, out var earlier)
                ? change with { Kind = change.Kind | earlier.Kind, OldName = earlier.OldName ?? change.OldName }
                : change;
            if (_isWaking) return;
            _isWaking = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }
}
