using Microsoft.Data.Sqlite;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Runs long work of backups on a thread of its own, and says what stopped it in a sentence.</summary>
internal static class BackupFaults
{
    /// <param name="work">What to do; it blocks.</param>
    /// <param name="writes">The folder that it writes; null when it only reads.</param>
    /// <param name="afterFullDisk">What to do when there is no room in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<T> RunAsync<T>(Func<T> work, string? writes, string afterFullDisk, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (IOException full) when (Disk.IsNoSpace(full))
        {
            throw new BackupException($"There is no room in {writes}. {afterFullDisk}", full);
        }
        catch (SqliteException full) when (SqliteFaults.IsNoSpace(full))
        {
            throw new BackupException($"There is no room in {writes}. {afterFullDisk}", full);
        }
        catch (SqliteException damaged)
        {
            throw new BackupException($"The database cannot be read: {damaged.Message} `modus store verify` tells more.", damaged);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BackupException(
                $"A file cannot be read or written: {denied.Message} Run the command as the account that the server runs as, and see that it may use the folders.",
                denied);
        }
    }
}
