using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded;

/// <summary>Calls subscribers after each commit, once for each mailbox that it touched.</summary>
internal sealed class ChangeFeed(ILogger logger) : IChangeFeed
{
    private readonly ConcurrentDictionary<AccountId, ImmutableList<Subscription>> _subscriptions = new();
    private volatile Action<MailboxChange>? _watcher;

    /// <summary>Tells one part of the engine of everybody's changes, each as it is; null for no one. It must not throw.</summary>
    public void Watch(Action<MailboxChange>? watcher) => _watcher = watcher;

    public IDisposable Subscribe(AccountId account, Action<MailboxChange> onChange)
    {
        ArgumentNullException.ThrowIfNull(onChange);
        var subscription = new Subscription(this, account, onChange);
        _subscriptions.AddOrUpdate(account, [subscription], (_, list) => list.Add(subscription));
        return subscription;
    }

    /// <summary>Tells who listens; several changes of one mailbox melt into one.</summary>
    public void Publish(IReadOnlyList<MailboxChange> changes)
    {
        if (_watcher is { } watcher)
        {
            foreach (var change in changes) watcher(change);
        }

        if (changes.Count == 0 || _subscriptions.IsEmpty) return;
        foreach (var group in changes.GroupBy(static change => change.Subject))
        {
            if (!_subscriptions.TryGetValue(group.Key.Account, out var listeners)) continue;
            var melted = group.Aggregate(static (all, next) => all.With(next));
            foreach (var listener in listeners) Tell(listener, melted);
        }
    }

    private void Tell(Subscription listener, MailboxChange change)
    {
        try
        {
            listener.OnChange(change);
        }
#pragma warning disable CA1031 // A listener's defect must not stop the writer, which everybody waits for.
        catch (Exception e)
#pragma warning restore CA1031
        {
            logger.SubscriberFaulted(e);
        }
    }

    private void Remove(Subscription subscription)
    {
        while (_subscriptions.TryGetValue(subscription.Account, out var list))
        {
            var rest = list.Remove(subscription);
            var swapped = rest.IsEmpty
                ? _subscriptions.TryRemove(KeyValuePair.Create(subscription.Account, list))
                : _subscriptions.TryUpdate(subscription.Account, rest, list);
            if (swapped) return;
        }
    }

    private sealed class Subscription(ChangeFeed feed, AccountId account, Action<MailboxChange> onChange) : IDisposable
    {
        public AccountId Account => account;

        public Action<MailboxChange> OnChange => onChange;

        public void Dispose() => feed.Remove(this);
    }
}
