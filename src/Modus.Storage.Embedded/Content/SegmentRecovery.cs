using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// Brings the segment files to what the rows say, at open: files without a row were never committed (or were dropped
/// when the process died) and go; bytes behind the last committed record go.
/// </summary>
internal static class SegmentRecovery
{
    /// <returns>The segment to go on appending to; null for a new one.</returns>
    public static (long Id, long End)? Recover(Database database, SegmentFolder folder, long maxLength, ILogger logger)
    {
        var rows = database.Of("SELECT id, length, own_file FROM segments ORDER BY id")
            .List(static row => (Id: row.Long(0), Length: row.Long(1), OwnFile: row.Bool(2)));
        var files = folder.Scan();
        folder.StartAfter(Math.Max(Math.Max(rows.Count > 0 ? rows[^1].Id : 0, files.Keys.DefaultIfEmpty().Max()), ContentRows.LastDropped(database)));

        var known = rows.Select(static row => row.Id).ToHashSet();
        foreach (var id in files.Keys.Where(id => !known.Contains(id)))
        {
            logger.OrphanDeleted(id);
            folder.Drop(id);
        }

        (long Id, long End)? active = null;
        foreach (var (id, length, ownFile) in rows)
        {
            var actual = files.GetValueOrDefault(id);
            if (actual > length) Cut(folder, id, length, actual, logger);
            if (actual < length) logger.SegmentShort(id, length, actual);
            else if (!ownFile && length < maxLength) active = (id, length);
        }

        return active;
    }

    private static void Cut(SegmentFolder folder, long id, long length, long actual, ILogger logger)
    {
        using var file = folder.OpenForWriting(id);
        RandomAccess.SetLength(file, length);
        logger.TailCut(id, actual - length);
    }
}
