namespace Modus.Storage.Embedded.Sqlite.Migrations;

/// <summary>What IMAP needs: \Recent (RFC 3501 §2.3.2) and annotations (RFC 5464). Mailboxes of before have nothing recent.</summary>
internal sealed class Migration002 : Migration
{
    // annotations: mailbox 0 stands for the account itself; key is the name in lower case.
    private const string Schema = """
        ALTER TABLE mailboxes ADD COLUMN first_recent INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE mailboxes ADD COLUMN recent INTEGER NOT NULL DEFAULT 0;
        UPDATE mailboxes SET first_recent = uidnext;

        CREATE TABLE annotations (
            account INTEGER NOT NULL, mailbox INTEGER NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL,
            PRIMARY KEY (account, mailbox, key)) STRICT;
        """;

    public override int Version => 2;

    public override void Apply(Database database, TimeProvider clock) => database.Execute(Schema);
}
