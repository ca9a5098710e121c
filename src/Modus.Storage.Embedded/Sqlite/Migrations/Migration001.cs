namespace Modus.Storage.Embedded.Sqlite.Migrations;

/// <summary>The first schema. Dates are milliseconds since 1970 unless a column says otherwise.</summary>
internal sealed class Migration001 : Migration
{
    // AUTOINCREMENT where an identity must never come again, even after its row was the last and went.
    // messages: by mailbox and UID, so that a listing is one range; by MODSEQ, so that CONDSTORE costs what changed.
    private const string Schema = """
        CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE domains (name TEXT NOT NULL PRIMARY KEY, catch_all TEXT) STRICT, WITHOUT ROWID;

        CREATE TABLE accounts (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, address TEXT NOT NULL, domain TEXT NOT NULL,
            salt BLOB NOT NULL, iterations INTEGER NOT NULL, stored_key BLOB NOT NULL, server_key BLOB NOT NULL,
            quota INTEGER, used INTEGER NOT NULL, enabled INTEGER NOT NULL, created INTEGER NOT NULL) STRICT;
        CREATE INDEX accounts_by_domain ON accounts (domain, key);

        CREATE TABLE aliases (
            key TEXT NOT NULL PRIMARY KEY, address TEXT NOT NULL, domain TEXT NOT NULL,
            targets TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX aliases_by_domain ON aliases (domain, key);

        CREATE TABLE mailboxes (
            id INTEGER PRIMARY KEY AUTOINCREMENT, account INTEGER NOT NULL, name TEXT NOT NULL,
            special_use INTEGER NOT NULL, uidvalidity INTEGER NOT NULL UNIQUE, uidnext INTEGER NOT NULL,
            highestmodseq INTEGER NOT NULL, messages INTEGER NOT NULL, unseen INTEGER NOT NULL,
            deleted INTEGER NOT NULL, size INTEGER NOT NULL, UNIQUE (account, name)) STRICT;

        CREATE TABLE subscriptions (
            account INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (account, name)) STRICT, WITHOUT ROWID;

        CREATE TABLE keywords (
            mailbox INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL,
            PRIMARY KEY (mailbox, key)) STRICT, WITHOUT ROWID;

        CREATE TABLE messages (
            mailbox INTEGER NOT NULL, uid INTEGER NOT NULL, email INTEGER NOT NULL, content INTEGER NOT NULL,
            flags INTEGER NOT NULL, keywords TEXT NOT NULL, modseq INTEGER NOT NULL,
            internal_seconds INTEGER NOT NULL, internal_offset_minutes INTEGER NOT NULL,
            saved INTEGER NOT NULL, size INTEGER NOT NULL,
            PRIMARY KEY (mailbox, uid)) STRICT, WITHOUT ROWID;
        CREATE INDEX messages_by_modseq ON messages (mailbox, modseq);

        CREATE TABLE expunged (
            mailbox INTEGER NOT NULL, modseq INTEGER NOT NULL, uid INTEGER NOT NULL,
            PRIMARY KEY (mailbox, modseq, uid)) STRICT, WITHOUT ROWID;

        CREATE TABLE emails (
            id INTEGER PRIMARY KEY AUTOINCREMENT, content INTEGER NOT NULL, sha256 BLOB NOT NULL,
            size INTEGER NOT NULL, structure BLOB) STRICT;

        CREATE TABLE contents (
            id INTEGER PRIMARY KEY AUTOINCREMENT, email INTEGER NOT NULL, segment INTEGER NOT NULL,
            offset INTEGER NOT NULL, length INTEGER NOT NULL, checksum INTEGER NOT NULL, refs INTEGER NOT NULL) STRICT;
        CREATE INDEX contents_by_place ON contents (segment, offset);

        CREATE TABLE segments (
            id INTEGER PRIMARY KEY, own_file INTEGER NOT NULL, length INTEGER NOT NULL,
            live_bytes INTEGER NOT NULL, live_count INTEGER NOT NULL) STRICT;

        CREATE TABLE queue_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL, content INTEGER NOT NULL,
            content_offset INTEGER NOT NULL, size INTEGER NOT NULL, reverse_path TEXT, body INTEGER NOT NULL,
            smtputf8 INTEGER NOT NULL, dsn_return INTEGER NOT NULL, envelope_id TEXT,
            created INTEGER NOT NULL, entries INTEGER NOT NULL) STRICT;
        CREATE INDEX queue_messages_by_queue_id ON queue_messages (queue_id);

        CREATE TABLE queue_entries (
            id INTEGER PRIMARY KEY AUTOINCREMENT, message INTEGER NOT NULL, recipient TEXT, domain TEXT NOT NULL,
            notify INTEGER NOT NULL, original_recipient TEXT, state INTEGER NOT NULL, not_before INTEGER NOT NULL,
            attempts INTEGER NOT NULL, last_result TEXT, lease_owner TEXT, lease_until INTEGER) STRICT;
        CREATE INDEX queue_entries_due ON queue_entries (not_before, id);
        CREATE INDEX queue_entries_by_state ON queue_entries (state, not_before);
        CREATE INDEX queue_entries_by_domain ON queue_entries (domain, not_before);
        CREATE INDEX queue_entries_by_message ON queue_entries (message);

        CREATE TABLE settings (
            name TEXT NOT NULL PRIMARY KEY, json TEXT, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;

        CREATE TABLE settings_journal (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, at INTEGER NOT NULL, changed_by TEXT NOT NULL,
            old TEXT, new TEXT) STRICT;
        CREATE INDEX settings_journal_by_name ON settings_journal (name, id);
        """;

    public override int Version => 1;

    public override void Apply(Database database, TimeProvider clock)
    {
        database.Execute(Schema);

        // Seconds since 1970: a store made anew in the same place still hands out greater UIDVALIDITYs than the old one.
        database.Of("INSERT INTO counters VALUES ('uidvalidity', ?)").With(clock.GetUtcNow().ToUnixTimeSeconds()).Run();
    }
}
