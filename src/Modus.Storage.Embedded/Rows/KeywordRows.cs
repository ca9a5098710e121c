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
    public static string Join(Database database, MailboxId mailbox, IReadOnlyCollection<string> keywords)
    {
        if (keywords.Count == 0) return "";
        var known = keywords.Select(keyword => Learn(database, mailbox, keyword));
        return string.Join(' ', known.Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase));
    }

    private static string Learn(Database database, MailboxId mailbox, string keyword)
    {
        if (keyword.Length == 0 || keyword.Contains(' ', StringComparison.Ordinal))
            throw new ArgumentException($"'{keyword}' is not a keyword", nameof(keyword));
        var key = keyword.ToLowerInvariant();
        database.Of("INSERT OR IGNORE INTO keywords (mailbox, key, name) VALUES (?, ?, ?)")
            .With(mailbox.Value).With(key).With(keyword).Run();
        return database.Of("SELECT name FROM keywords WHERE mailbox = ? AND key = ?").With(mailbox.Value).With(key)
            .First(static row => row.Text(0)) ?? keyword;
    }
}
