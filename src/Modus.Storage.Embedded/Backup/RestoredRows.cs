using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// What a store that went back in time must change. The old one may have given UIDs and identities to mail that the backup does not
/// have; given again, to other mail, clients would take the one for the other (RFC 9051 §2.3.1.1, RFC 8474 §5.1, RFC 1939 §7).
/// </summary>
internal static class RestoredRows
{
    private const long Gap = 1L << 32; // more identities than were ever given since the backup
    private const long SegmentGap = 1_000_000;

    private static readonly string[] Identities = ["accounts", "mailboxes", "emails", "contents", "queue_messages", "queue_entries"];

    /// <summary>Gives every mailbox a UIDVALIDITY that was never given, and continues identities far beyond those of then.</summary>
    public static void Renew(Database database, TimeProvider clock)
    {
        database.Begin();

        // As at the making of a store: seconds since 1970 are ahead of any counter that began with them and counts mailboxes.
        var last = Math.Max(
            database.Of("SELECT value FROM counters WHERE name = 'uidvalidity'").Number() ?? 0, clock.GetUtcNow().ToUnixTimeSeconds());
        database.Of("""
            UPDATE mailboxes SET uidvalidity = ?1 + ranked.place
            FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM mailboxes) AS ranked WHERE ranked.id = mailboxes.id
            """).With(last).Run();
        database.Of("UPDATE counters SET value = ? + (SELECT COUNT(*) FROM mailboxes) WHERE name = 'uidvalidity'").With(last).Run();
        foreach (var table in Identities)
        {
            if (database.Of("UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?").With(Gap).With(table).Run() == 0)
                database.Of("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)").With(table).With(Gap).Run();
        }

        var segment = Math.Max(database.Of("SELECT MAX(id) FROM segments").Number() ?? 0, ContentRows.LastDropped(database));
        ContentRows.NoteDropped(database, segment + SegmentGap);
        database.Commit();
    }

    /// <summary>Holds all that waits in the queue.</summary>
    /// <returns>How many entries were held now.</returns>
    public static long HoldQueue(Database database)
    {
        database.Begin();
        var held = database.Of("UPDATE queue_entries SET state = 3, lease_owner = NULL, lease_until = NULL WHERE state <> 3").Run();
        database.Of("DELETE FROM queue_domains").Run(); // held entries count in none
        database.Commit();
        return held;
    }
}
