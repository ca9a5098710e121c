using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>
/// Keywords: atoms, alike in any case (RFC 9051 §2.3.2), shown in the case in which the mailbox first saw them. A message
/// keeps its own as one text, in order, divided by spaces, which no atom holds.
/// </summary>
internal static class KeywordRows
{
    public static IReadOnlyList<string> Split(string keywords) => keywords.Length == 0 ? [] : keywords.Split(' ');

    /// <summary>The text to keep for these keywords in this mailbox; learns those that are new to it.</summary>
    /// <returns>Null when the mailbox may not learn so many.</returns>
    public static string? Join(Database database, MailboxId mailbox, IReadOnlyCollection<string> keywords)
    {
        if (keywords.Count == 0) return "";
        var known = new List<string>(keywords.Count);
        foreach (var keyword in keywords)
        {
            if ((Find(database, mailbox, keyword) ?? Learn(database, mailbox, keyword)) is not { } name) return null;
            known.Add(name);
        }

        return string.Join(' ', known.Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase));
    }

    public static List<string> List(Database database, MailboxId mailbox) =>
        database.Of("SELECT name FROM keywords WHERE mailbox = ? ORDER BY key").With(mailbox.Value).List(static row => row.Text(0));

    private static string? Find(Database database, MailboxId mailbox, string keyword) =>
        database.Of("SELECT name FROM keywords WHERE mailbox = ? AND key = ?").With(mailbox.Value).With(keyword.ToLowerInvariant())
            .First(static row => row.Text(0));

    private static string? Learn(Database database, MailboxId mailbox, string keyword)
    {
        if (keyword.Length == 0 || keyword.Contains(' ', StringComparison.Ordinal))
            throw new ArgumentException($"'{keyword}' is not a keyword", nameof(keyword));
        var count = database.Of("SELECT COUNT(*) FROM keywords WHERE mailbox = ?").With(mailbox.Value).Number();
        if (count >= StoreLimits.MaxKeywords) return null;
        database.Of("INSERT INTO keywords (mailbox, key, name) VALUES (?, ?, ?)")
            .With(mailbox.Value).With(keyword.ToLowerInvariant()).With(keyword).Run();
        return keyword;
    }
}
