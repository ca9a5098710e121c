using System.Security.Cryptography;
using Modus.Storage;

namespace Modus.Server.Admin;

/// <summary>
/// Who keeps the store's files from being deleted, to copy them. A hold is for a while and must be renewed: a command that was killed
/// must not keep space from coming back for ever. Thread-safe.
/// </summary>
internal sealed class StoreHolds(IStoreMaintenance maintenance, TimeProvider clock) : IDisposable
{
    /// <summary>How long a hold lasts unless it is renewed; commands do so four times as often.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    /// <summary>Holds at a time: more than an administrator has places for backups.</summary>
    public const int Max = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Hold> _holds = [];

    /// <summary>Begins a hold; null when there are too many.</summary>
    public string? Begin()
    {
        lock (_gate)
        {
            if (_holds.Count >= Max) return null;
            var id = RandomNumberGenerator.GetHexString(16, lowercase: true);
            var timer = clock.CreateTimer(_ => End(id), null, Lease, Timeout.InfiniteTimeSpan);
            _holds.Add(id, new Hold(maintenance.HoldDeletes(), timer));
            return id;
        }
    }

    /// <summary>Makes it last on; false when it has ended.</summary>
    public bool Renew(string id)
    {
        lock (_gate) return _holds.TryGetValue(id, out var hold) && hold.Timer.Change(Lease, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends it; false when it had ended before.</summary>
    public bool End(string id)
    {
        Hold? hold;
        lock (_gate)
        {
            if (!_holds.Remove(id, out hold)) return false;
        }

        hold.Timer.Dispose();
        hold.Files.Dispose();
        return true;
    }

    public void Dispose()
    {
        List<string> ids;
        lock (_gate) ids = [.. _holds.Keys];
        foreach (var id in ids) End(id);
    }

    private sealed record Hold(IDisposable Files, ITimer Timer);
}
