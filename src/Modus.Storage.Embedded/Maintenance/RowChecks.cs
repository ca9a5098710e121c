using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Maintenance;

/// <summary>What must hold between the rows. Each query gives a line for each fault.</summary>
internal static class RowChecks
{
    private static readonly string[] Queries =
    [
        """
        SELECT 'mailbox ' || m.id || ': counts ' || m.messages || '/' || m.unseen || '/' || m.deleted || '/' || m.size
            || ', has ' || COUNT(s.uid) || '/' || COALESCE(SUM(s.flags & 1 = 0), 0) || '/' || COALESCE(SUM(s.flags & 8 <> 0), 0)
            || '/' || COALESCE(SUM(s.size), 0) || ' (messages/unseen/deleted/bytes)'
        FROM mailboxes m LEFT JOIN messages s ON s.mailbox = m.id GROUP BY m.id
        HAVING m.messages <> COUNT(s.uid) OR m.unseen <> COALESCE(SUM(s.flags & 1 = 0), 0)
            OR m.deleted <> COALESCE(SUM(s.flags & 8 <> 0), 0) OR m.size <> COALESCE(SUM(s.size), 0)
        """,
        """
        SELECT 'mailbox ' || m.id || ': UID ' || s.uid || ' or MODSEQ ' || s.modseq || ' is beyond UIDNEXT ' || m.uidnext
            || ' or HIGHESTMODSEQ ' || m.highestmodseq
        FROM mailboxes m JOIN messages s ON s.mailbox = m.id WHERE s.uid >= m.uidnext OR s.modseq > m.highestmodseq
        """,
        """
        SELECT 'mailbox ' || m.id || ': counts ' || m.recent || ' recent, has ' || COUNT(s.uid) || ' from UID ' || m.first_recent
        FROM mailboxes m LEFT JOIN messages s ON s.mailbox = m.id AND s.uid >= m.first_recent GROUP BY m.id
        HAVING m.recent <> COUNT(s.uid) OR m.first_recent > m.uidnext
        """,
        """
        SELECT 'annotation ' || n.account || '/' || n.mailbox || ' ' || n.name || ': its account or mailbox is not there'
        FROM annotations n LEFT JOIN accounts a ON a.id = n.account
            LEFT JOIN mailboxes m ON m.id = n.mailbox AND m.account = n.account
        WHERE a.id IS NULL OR (n.mailbox <> 0 AND m.id IS NULL)
        """,
        """
        SELECT 'mailbox ' || id || ': its account ' || account || ' is not there' FROM mailboxes
        WHERE account NOT IN (SELECT id FROM accounts)
        """,
        """
        SELECT 'mailbox ' || id || ': UIDVALIDITY ' || uidvalidity || ' is beyond the counter' FROM mailboxes
        WHERE uidvalidity > (SELECT value FROM counters WHERE name = 'uidvalidity')
        """,
        """
        SELECT 'message ' || s.mailbox || '/' || s.uid || ': its mailbox, email or content is not there, or differs in size'
        FROM messages s LEFT JOIN mailboxes m ON m.id = s.mailbox LEFT JOIN emails e ON e.id = s.email
            LEFT JOIN contents c ON c.id = s.content
        WHERE m.id IS NULL OR e.id IS NULL OR c.id IS NULL OR e.content <> c.id OR s.size <> c.length
        """,
        """
        SELECT 'account ' || a.id || ': counts ' || a.used || ' bytes used, has ' || COALESCE(SUM(m.size), 0)
        FROM accounts a LEFT JOIN mailboxes m ON m.account = a.id GROUP BY a.id HAVING a.used <> COALESCE(SUM(m.size), 0)
        """,
        """
        WITH uses AS (SELECT content FROM messages UNION ALL SELECT content FROM queue_messages),
             sums AS (SELECT content, COUNT(*) AS n FROM uses GROUP BY content)
        SELECT 'content ' || c.id || ': counts ' || c.refs || ' references, has ' || COALESCE(s.n, 0)
        FROM contents c LEFT JOIN sums s ON s.content = c.id WHERE c.refs <> COALESCE(s.n, 0)
        """,
        """
        SELECT 'content ' || c.id || ': its email ' || c.email || ' is not there' FROM contents c
        LEFT JOIN emails e ON e.id = c.email AND e.content = c.id AND e.size = c.length WHERE e.id IS NULL
        """,
        """
        SELECT 'email ' || e.id || ': its content ' || e.content || ' is not there' FROM emails e
        LEFT JOIN contents c ON c.id = e.content WHERE c.id IS NULL
        """,
        """
        WITH sums AS (SELECT segment, COUNT(*) AS n, SUM(length + 32) AS bytes, MAX(offset + 32 + length) AS last
                      FROM contents GROUP BY segment)
        SELECT 'segment ' || g.id || ': counts ' || g.live_count || ' records of ' || g.live_bytes || ' bytes up to ' || g.length
            || ', has ' || COALESCE(s.n, 0) || ' of ' || COALESCE(s.bytes, 0) || ' up to ' || COALESCE(s.last, 0)
        FROM segments g LEFT JOIN sums s ON s.segment = g.id
        WHERE g.live_count <> COALESCE(s.n, 0) OR g.live_bytes <> COALESCE(s.bytes, 0) OR g.length < COALESCE(s.last, 0)
        """,
        """
        SELECT 'content ' || id || ': its segment ' || segment || ' has no row' FROM contents
        WHERE segment NOT IN (SELECT id FROM segments)
        """,
        """
        WITH sums AS (SELECT message, COUNT(*) AS n FROM queue_entries GROUP BY message)
        SELECT 'queue message ' || q.queue_id || ': counts ' || q.entries || ' entries, has ' || COALESCE(s.n, 0)
        FROM queue_messages q LEFT JOIN sums s ON s.message = q.id WHERE q.entries <> COALESCE(s.n, 0)
        """,
        """
        SELECT 'queue message ' || queue_id || ': its content ' || content || ' is not there' FROM queue_messages
        WHERE content NOT IN (SELECT id FROM contents)
        """,
        """
        SELECT 'queue entry ' || id || ': its message is not there' FROM queue_entries
        WHERE message NOT IN (SELECT id FROM queue_messages)
        """,
        """
        SELECT 'database: ' || integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'
        """,
    ];

    public static void Run(Database database, List<string> faults)
    {
        foreach (var query in Queries) faults.AddRange(database.Of(query).List(static row => row.Text(0)));
    }
}
