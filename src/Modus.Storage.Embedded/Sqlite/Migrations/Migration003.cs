namespace Modus.Storage.Embedded.Sqlite.Migrations;

/// <summary>What sending needs: priorities, turns and leases in the queue, traces, and records that expire.</summary>
internal sealed class Migration003 : Migration
{
    // queue_entries.due: when somebody may take the entry; of an active one that is when its lease runs out. Held entries (3) are in no
    // index by it. sender is the reverse-path's look-up key, empty for the null reverse-path.
    // queue_domains: the least due of a domain's entries of one priority, so that looking for work costs domains and not entries;
    // turn is the sender that was served last.
    private const string Schema = """
        ALTER TABLE queue_messages ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue_messages ADD COLUMN tls INTEGER NOT NULL DEFAULT 0;

        ALTER TABLE queue_entries ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue_entries ADD COLUMN sender TEXT NOT NULL DEFAULT '';
        ALTER TABLE queue_entries ADD COLUMN delay_noticed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE queue_entries ADD COLUMN due INTEGER
            GENERATED ALWAYS AS (CASE state WHEN 1 THEN lease_until ELSE not_before END) VIRTUAL;
        UPDATE queue_entries SET sender = COALESCE(
            (SELECT replace(lower(q.reverse_path), '[ipv6:', '[IPv6:') FROM queue_messages q WHERE q.id = message), '');

        DROP INDEX queue_entries_by_message;
        CREATE INDEX queue_entries_by_message ON queue_entries (message, domain, due);
        CREATE INDEX queue_entries_by_turn ON queue_entries (domain, priority, sender, due) WHERE state <> 3;
        CREATE INDEX queue_entries_by_priority ON queue_entries (domain, priority, due) WHERE state <> 3;
        CREATE INDEX queue_entries_leased ON queue_entries (lease_until) WHERE state = 1;

        CREATE TABLE queue_domains (
            domain TEXT NOT NULL, priority INTEGER NOT NULL, due INTEGER NOT NULL, turn TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (domain, priority)) STRICT, WITHOUT ROWID;
        CREATE INDEX queue_domains_due ON queue_domains (priority, due);
        INSERT INTO queue_domains (domain, priority, due)
            SELECT domain, priority, MIN(due) FROM queue_entries WHERE state <> 3 GROUP BY domain, priority;

        CREATE TABLE traces (
            id INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL,
            recipient TEXT, peer TEXT, text TEXT NOT NULL,
            direction INTEGER, address TEXT, peer_name TEXT, login TEXT, protocol TEXT, cipher_suite TEXT, key_group TEXT,
            peer_key TEXT, verified TEXT, policy TEXT) STRICT;
        CREATE INDEX traces_by_message ON traces (message);
        CREATE INDEX traces_by_time ON traces (at);
        CREATE INDEX traces_by_peer ON traces (peer, at) WHERE peer IS NOT NULL;

        CREATE TABLE records (
            id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, changed INTEGER NOT NULL,
            expires INTEGER, UNIQUE (kind, key)) STRICT;
        CREATE INDEX records_by_expiry ON records (expires) WHERE expires IS NOT NULL;
        """;

    public override int Version => 3;

    public override void Apply(Database database, TimeProvider clock) => database.Execute(Schema);
}
