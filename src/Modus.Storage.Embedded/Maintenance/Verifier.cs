using System.Globalization;
using System.Security.Cryptography;
using Modus.Mail.Structure;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Maintenance;

/// <summary>
/// Reads everything back. The rows are compared on one committed state; contents are read one by one as they are then,
/// so that neither the log nor dead files grow because of a long verification.
/// </summary>
internal sealed class Verifier(ReaderPool readers, SegmentFolder folder)
{
    private const int PageSize = 500;
    private const int BufferSize = 64 * 1024;

    public VerifyReport Verify(IProgress<VerifyProgress>? progress, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var counts = readers.Snapshot(database =>
        {
            RowChecks.Run(database, faults);
            return new Counts(database);
        });
        CheckSegments(faults);
        var (contents, bytes) = ReadContents(counts.Contents, faults, progress, cancellationToken);
        return new VerifyReport(
            counts.Accounts, counts.Mailboxes, counts.Messages, counts.QueueEntries, contents, bytes, counts.DeadBytes, faults);
    }

    private void CheckSegments(List<string> faults)
    {
        var segments = readers.Read(static database => database.Of("SELECT id, length FROM segments ORDER BY id")
            .List(static row => (Id: row.Long(0), Length: row.Long(1))));
        foreach (var (id, length) in segments)
        {
            using var pin = folder.Pin(id);
            var actual = pin is null ? 0 : RandomAccess.GetLength(pin.File);
            var isThere = readers.Read(database => database.Of("SELECT 1 FROM segments WHERE id = ?").With(id).Number() is not null);
            if (actual < length && isThere)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"segment {id}: {length} bytes expected, {actual} there"));
        }
    }

    private (long Contents, long Bytes) ReadContents(
        long total, List<string> faults, IProgress<VerifyProgress>? progress, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var (done, bytes, last) = (0L, 0L, 0L);
        while (true)
        {
            var page = readers.Read(database => database.Of("SELECT id FROM contents WHERE id > ? ORDER BY id LIMIT ?")
                .With(last).With(PageSize).List(static row => row.Long(0)));
            if (page.Count == 0) return (done, bytes);
            foreach (var id in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (ReadContent(new ContentId(id), buffer, faults) is not { } length) continue;
                done++;
                bytes += length;
            }

            last = page[^1];
            progress?.Report(new VerifyProgress(done, Math.Max(total, done)));
        }
    }

    // Null when the content went meanwhile.
    private long? ReadContent(ContentId content, byte[] buffer, List<string> faults)
    {
        Stored? tried = null;
        while (Find(content) is { } stored)
        {
            using var pin = folder.Pin(stored.Place.Segment);
            if (pin is not null)
            {
                Compare(pin, stored, buffer, faults);
                return stored.Place.Header.Length;
            }

            if (stored.Place == tried?.Place)
            {
                faults.Add($"content {content.Value}: its segment {stored.Place.Segment} is not there");
                return 0;
            }

            tried = stored; // moved by compaction since the look-up: look again
        }

        return null;
    }

    private static void Compare(SegmentPin pin, Stored stored, byte[] buffer, List<string> faults)
    {
        try
        {
            var reader = ContentReader.Open(pin, stored.Place);
            using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (long at = 0; at < reader.Length;)
            {
                var read = reader.Read(at, buffer);
                sha256.AppendData(buffer, 0, read);
                at += read;
            }

            if (!sha256.GetHashAndReset().AsSpan().SequenceEqual(stored.Sha256))
                faults.Add($"content {stored.Place.Header.Content}: its SHA-256 is not the one that was stored");
            if (stored.Structure is { } structure) Decode(stored.Place.Header.Content, structure, faults);
        }
        catch (InvalidDataException e)
        {
            faults.Add(e.Message);
        }
        catch (IOException e)
        {
            faults.Add($"content {stored.Place.Header.Content}: {e.Message}");
        }
    }

    private static void Decode(long content, byte[] structure, List<string> faults)
    {
        try
        {
            _ = MessageStructureCodec.Decode(structure);
        }
#pragma warning disable CA1031 // Damaged bytes may fail a decoder in any way; each is a line of the report.
        catch (Exception e)
#pragma warning restore CA1031
        {
            faults.Add($"content {content}: its structure cannot be read: {e.Message}");
        }
    }

    private Stored? Find(ContentId content) => readers.Read(database => database.Of("""
        SELECT c.id, c.segment, c.offset, c.length, c.checksum, e.sha256, e.structure
        FROM contents c LEFT JOIN emails e ON e.id = c.email WHERE c.id = ?
        """).With(content.Value).First(static row => new Stored(
            ContentRows.ReadPlace(row), row.Blob(5), row.IsNull(6) ? null : row.Blob(6))));

    private sealed record Stored(ContentPlace Place, byte[] Sha256, byte[]? Structure);

    private sealed class Counts(Database database)
    {
        public long Accounts { get; } = database.Of("SELECT COUNT(*) FROM accounts").Number() ?? 0;

        public long Mailboxes { get; } = database.Of("SELECT COUNT(*) FROM mailboxes").Number() ?? 0;

        public long Messages { get; } = database.Of("SELECT COUNT(*) FROM messages").Number() ?? 0;

        public long QueueEntries { get; } = database.Of("SELECT COUNT(*) FROM queue_entries").Number() ?? 0;

        public long Contents { get; } = database.Of("SELECT COUNT(*) FROM contents").Number() ?? 0;

        public long DeadBytes { get; } = database.Of("SELECT SUM(length - live_bytes) FROM segments").Number() ?? 0;
    }
}
