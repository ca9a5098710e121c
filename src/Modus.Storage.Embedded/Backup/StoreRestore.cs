using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>What to restore, and where to.</summary>
public sealed record RestoreRequest
{
    /// <summary>The folder that a backup wrote.</summary>
    public required string Target { get; init; }

    /// <summary>The new data folder; must not be there, or be empty.</summary>
    public required string NewFolder { get; init; }

    /// <summary>Which generation; null for the newest.</summary>
    public string? Generation { get; init; }

    /// <summary>Holds everything in the queue, so that nothing is sent twice.</summary>
    public bool HoldQueue { get; init; }

    /// <summary>
    /// Keeps the UIDVALIDITY of mailboxes and the counters of identities. Only when nothing was changed in the old store since the
    /// backup, or two different messages get the same UID, which mail programs never notice.
    /// </summary>
    public bool KeepUids { get; init; }
}

/// <summary>
/// Makes a data folder from a backup: everything is copied beside its place, compared with its sum on the way, synced, and
/// renamed at the end. Stateless.
/// </summary>
public static class StoreRestore
{
    /// <summary>Restores.</summary>
    /// <exception cref="BackupException">It cannot be done, or the backup is damaged; nothing is there then.</exception>
    public static Task<RestoreReport> RunAsync(
        RestoreRequest request, IProgress<BackupProgress>? progress, TimeProvider clock, CancellationToken cancellationToken) =>
        RunAsync(request, new Disk(), progress, clock, cancellationToken);

    internal static Task<RestoreReport> RunAsync(
        RestoreRequest request, Disk disk, IProgress<BackupProgress>? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return BackupFaults.RunAsync(
            () => Run(request, disk, progress, clock, cancellationToken), Path.GetFullPath(request.NewFolder),
            "Nothing was restored. Make room, or name a folder on another disk.", cancellationToken);
    }

    private static RestoreReport Run(
        RestoreRequest request, Disk disk, IProgress<BackupProgress>? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        var target = new BackupTarget(request.Target);
        using var reading = target.OpenForReading();
        var generation = target.Choose(request.Generation);
        var manifest = generation.Read();
        var place = RestorePlace.Take(request.NewFolder, disk);
        try
        {
            var copying = new RestoreCopy(target, generation, manifest, new PieceCopy(disk), disk, progress);
            copying.Run(place.Partial, cancellationToken);
            var held = Settle(request, new StoreFolder(place.Partial).Database, disk, clock);
            place.Finish(disk);
            return new RestoreReport(
                place.Folder, generation.Name, manifest.Taken, manifest.Messages, manifest.QueueEntries, held, manifest.Bytes,
                manifest.Configuration is null ? null : Path.Combine(place.Folder, RestoreCopy.ConfigurationFile),
                [.. manifest.Notes, .. manifest.Faults]);
        }
        catch
        {
            place.Abandon();
            throw;
        }
    }

    private static long Settle(RestoreRequest request, string path, Disk disk, TimeProvider clock)
    {
        var held = 0L;
        using (var database = Database.OpenWriter(path))
        {
            Migrator.Migrate(database, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            if (!request.KeepUids) RestoredRows.Renew(database, clock);
            if (request.HoldQueue) held = RestoredRows.HoldQueue(database);
        }

        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        disk.Sync(file);
        return held;
    }
}
