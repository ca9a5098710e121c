using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// Copies a store, beside traffic, into a folder that keeps generations of it:
/// <code>
/// 1 lock the target, clear what killed backups left    4 copy keys, certificates, modus.json
/// 2 copy the database in one read transaction          5 sync, ask whether the files were kept
/// 3 copy the segments that the target lacks            6 write the manifest; then remove old generations
/// </code>
/// A generation counts from step 6 on; dying before leaves the earlier ones whole. Stateless.
/// </summary>
public static class StoreBackup
{
    private const string AfterFullDisk =
        "Nothing of this backup counts; the earlier ones are whole. Make room and run it again: it goes on with what was copied.";

    /// <summary>Makes a generation.</summary>
    /// <param name="request">What and where to.</param>
    /// <param name="progress">Hears how far it is; null for silence.</param>
    /// <param name="clock">The time.</param>
    /// <param name="cancellationToken">Gives up; what was copied of segments stays for the next time.</param>
    /// <exception cref="BackupException">It cannot be made.</exception>
    public static Task<BackupReport> RunAsync(
        BackupRequest request, IProgress<BackupProgress>? progress, TimeProvider clock, CancellationToken cancellationToken) =>
        RunAsync(request, new Disk(), progress, clock, cancellationToken);

    internal static async Task<BackupReport> RunAsync(
        BackupRequest request, Disk disk, IProgress<BackupProgress>? progress, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Keep is { } keep) ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1, nameof(request));
        var target = new BackupTarget(request.Target);
        RefuseNesting(request.DataFolder, target.Root);
        IDisposable? opened = null;
        try
        {
            opened = await BackupFaults.RunAsync(() => Open(target, disk), target.Root, AfterFullDisk, cancellationToken);
            var run = new BackupRun(request, target, disk, progress, clock);
            try
            {
                var manifest = await BackupFaults.RunAsync(() => run.Copy(cancellationToken), target.Root, AfterFullDisk, cancellationToken);
                if (request.ConfirmHold is { } confirm) await confirm(cancellationToken);
                return await BackupFaults.RunAsync(() => run.Finish(manifest), target.Root, AfterFullDisk, CancellationToken.None);
            }
            catch
            {
                run.Abandon();
                throw;
            }
        }
        finally
        {
            opened?.Dispose();
        }
    }

    private static IDisposable Open(BackupTarget target, Disk disk)
    {
        var opened = target.OpenForWriting(disk);
        File.Delete(target.Incoming);
        foreach (var generation in target.ListGenerations())
            if (!generation.IsFinished) Directory.Delete(generation.Root, recursive: true);
        return opened;
    }

    private static void RefuseNesting(string dataFolder, string target)
    {
        var data = FolderExposure.WithoutLinks(dataFolder);
        if (IsWithin(target, data))
            throw new BackupException($"{target} is in the data folder {data}: it would be lost with it. Name a folder on another disk.");
        if (IsWithin(data, target))
            throw new BackupException($"The data folder {data} is in {target}. Name a folder that holds nothing but backups.");
    }

    private static bool IsWithin(string path, string folder) =>
        (path + Path.DirectorySeparatorChar).StartsWith(folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
