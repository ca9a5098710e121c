using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Contents with their reference counts, the emails that they are the bytes of, and the segments that hold them.</summary>
internal static class ContentRows
{
    /// <summary>Adds a content that has <paramref name="references"/> mailbox rows and queue messages.</summary>
    public static EmailId Add(WriteScope scope, ContentPlace place, bool ownFile, ReadOnlySpan<byte> sha256, byte[]? structure, int references)
    {
        var database = scope.Database;
        var email = database.Of("INSERT INTO emails (content, sha256, size, structure) VALUES (?, ?, ?, ?) RETURNING id")
            .With(place.Header.Content).With(sha256).With(place.Header.Length);
        var id = (structure is null ? email.WithNull() : email.With(structure)).Number() ?? 0;
        database.Of("INSERT INTO contents (id, email, segment, offset, length, checksum, refs) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .With(place.Header.Content).With(id).With(place.Segment).With(place.Offset)
            .With(place.Header.Length).With((long)place.Header.Checksum).With(references).Run();
        AddToSegment(database, place, ownFile);
        return new EmailId(id);
    }

    /// <summary>Counts a record in its segment.</summary>
    public static void AddToSegment(Database database, ContentPlace place, bool ownFile) =>
        database.Of("""
            INSERT INTO segments (id, own_file, length, live_bytes, live_count) VALUES (?1, ?2, ?3, ?4, 1)
            ON CONFLICT (id) DO UPDATE SET length = max(length, ?3), live_bytes = live_bytes + ?4, live_count = live_count + 1
            """)
            .With(place.Segment).With(ownFile ? 1 : 0).With(place.End).With(place.RecordLength).Run();

    /// <summary>One more row refers to a content.</summary>
    public static void Share(Database database, ContentId content) =>
        database.Of("UPDATE contents SET refs = refs + 1 WHERE id = ?").With(content.Value).Run();

    /// <summary>One row less refers to a content; the last one takes it along.</summary>
    public static void Release(WriteScope scope, ContentId content)
    {
        var database = scope.Database;
        database.Of("UPDATE contents SET refs = refs - 1 WHERE id = ?").With(content.Value).Run();
        if (!database.Of("DELETE FROM contents WHERE id = ? AND refs <= 0 RETURNING email, segment, length").With(content.Value)
            .TryFirst(static row => (Email: row.Long(0), Segment: row.Long(1), Length: row.Long(2)), out var gone))
            return;
        database.Of("DELETE FROM emails WHERE id = ?").With(gone.Email).Run();
        RemoveFromSegment(scope, gone.Segment, RecordHeader.Size + gone.Length);
    }

    /// <summary>Uncounts a record; a segment without records goes, unless it is being appended to.</summary>
    public static void RemoveFromSegment(WriteScope scope, long segment, long recordLength)
    {
        var database = scope.Database;
        database.Of("UPDATE segments SET live_bytes = live_bytes - ?, live_count = live_count - 1 WHERE id = ?")
            .With(recordLength).With(segment).Run();
        if (segment != scope.ActiveSegment) DropIfEmpty(scope, segment);
    }

    /// <summary>Drops a segment's row, and later its file, when nothing in it is alive.</summary>
    public static bool DropIfEmpty(WriteScope scope, long segment)
    {
        if (scope.Database.Of("DELETE FROM segments WHERE id = ? AND live_count = 0").With(segment).Run() == 0) return false;
        NoteDropped(scope.Database, segment);
        scope.NoteEmptied(segment);
        return true;
    }

    /// <summary>Remembers that a segment number was used, which neither a row nor a file will tell.</summary>
    public static void NoteDropped(Database database, long segment) =>
        database.Of("INSERT INTO counters VALUES ('segment', ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)")
            .With(segment).Run();

    /// <summary>The greatest number of a segment that was dropped; 0 for none.</summary>
    public static long LastDropped(Database database) =>
        database.Of("SELECT value FROM counters WHERE name = 'segment'").Number() ?? 0;

    /// <summary>Where a content is.</summary>
    public static bool TryFind(Database database, ContentId content, out ContentPlace place) =>
        database.Of("SELECT id, segment, offset, length, checksum FROM contents WHERE id = ?").With(content.Value)
            .TryFirst(ReadPlace, out place);

    public static ContentPlace ReadPlace(Statement row) =>
        new(row.Long(1), row.Long(2), new RecordHeader(row.Long(0), row.Long(3), (ulong)row.Long(4)));
}
