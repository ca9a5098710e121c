using System.Collections.Concurrent;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Maildrops;

/// <summary>The exclusive locks of maildrops (RFC 1939 §4), for all listeners of the program. Thread-safe.</summary>
internal sealed class MaildropLocks
{
    private readonly ConcurrentDictionary<AccountId, Lease> _leases = new();

    /// <summary>Takes the lock; disposing what is returned gives it back.</summary>
    /// <returns>Null when somebody has it.</returns>
    public IDisposable? TryTake(AccountId account)
    {
        var lease = new Lease(this, account);
        return _leases.TryAdd(account, lease) ? lease : null;
    }

    private sealed class Lease(MaildropLocks locks, AccountId account) : IDisposable
    {
        // Only this very lease, so that disposing twice never frees somebody else's.
        public void Dispose() => locks._leases.TryRemove(new KeyValuePair<AccountId, Lease>(account, this));
    }
}
