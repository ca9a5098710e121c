using Modus.Mail.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>What is in an index file. It is never migrated: a file of another format is made anew from the mail.</summary>
internal static class IndexSchema
{
    /// <summary>Goes up with the tables here, and with every change of what <see cref="MessageText"/> reads or <see cref="TextFold"/> makes of it.</summary>
    public const int Format = 1;

    /// <summary>Behind each text, so that its last characters begin a term of three too. A folded text holds none of it.</summary>
    public static readonly string End = new(TextFold.Filler, 2);

    // Terms of three characters with their positions make a phrase of them an exact substring. The texts are not kept: to show
    // a match is not asked for, and they are in the mail.
    // emails: which ones are in; what was cut (1 header, 2 body); the first bytes of the content's hash.
    // mailboxes: up to which UID each was read.
    private const string Tables = """
        CREATE VIRTUAL TABLE texts USING fts5 (
            subject, sender, recipient, cc, bcc, header, body,
            content = '', contentless_delete = 1, detail = full, tokenize = 'trigram case_sensitive 1');
        CREATE VIRTUAL TABLE terms USING fts5vocab (texts, 'row');
        CREATE TABLE emails (id INTEGER PRIMARY KEY, cut INTEGER NOT NULL, hash INTEGER NOT NULL) STRICT;
        CREATE TABLE mailboxes (id INTEGER PRIMARY KEY, uid INTEGER NOT NULL) STRICT;
        """;

    // hashsize: memory for terms before they go to the file, enough for a transaction of the indexer; with SQLite's own 1 MB each
    // thirty messages make a piece that has to be merged later. automerge: merge eight pieces of a size, not four. Together they
    // save a third of the processor time; a search looks into somewhat more pieces.
    private const string Tuning = """
        INSERT INTO texts (texts, rank) VALUES ('hashsize', 67108864);
        INSERT INTO texts (texts, rank) VALUES ('automerge', 8);
        """;

    public static bool IsCurrent(Database database) => database.Of("PRAGMA user_version").Number() == Format;

    public static void Create(Database database)
    {
        database.Begin();
        database.Execute(Tables);
        database.Execute(Tuning);
        database.Execute($"PRAGMA user_version={Format}");
        database.Commit();
    }

    public static string Columns(TextField field) => field switch
    {
        TextField.Subject => "subject",
        TextField.From => "sender",
        TextField.To => "recipient",
        TextField.Cc => "cc",
        TextField.Bcc => "bcc",
        TextField.Header => "header",
        TextField.Body => "body",
        _ => "{header body}",
    };

    /// <summary>The bits of <c>emails.cut</c> that make an answer about the field uncertain.</summary>
    public static int CutOf(TextField field) => field switch
    {
        TextField.Body => 2,
        TextField.Text => 3,
        _ => 1,
    };

    public static int CutOf(MessageText text) => (text.IsHeaderTruncated ? 1 : 0) | (text.IsBodyTruncated ? 2 : 0);
}
