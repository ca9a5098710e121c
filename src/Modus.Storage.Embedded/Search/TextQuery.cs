using System.Text;
using Modus.Mail.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>
/// Asks one index. A needle of three characters or more is a phrase of the terms that it consists of. A shorter one is in a
/// text when a term of that text begins with it: the terms that do are looked up, and their emails put together.
/// </summary>
internal static class TextQuery
{
    private const int TermLength = 3;

    /// <summary>Characters of a needle that are looked up; what matches so many is read to be sure of the rest.</summary>
    public const int MaxPhrase = 64;

    /// <summary>Terms that a short needle may begin.</summary>
    public const int MaxTerms = 20_000;

    private static readonly string LastTerm = string.Concat(Enumerable.Repeat("\U0010FFFF", TermLength - 1));

    /// <param name="database">The index.</param>
    /// <param name="field">Where to look.</param>
    /// <param name="needle">Folded, not empty.</param>
    /// <param name="cancellationToken">Gives up between two rows.</param>
    public static TextMatches? Find(Database database, TextField field, string needle, CancellationToken cancellationToken)
    {
        database.Of("BEGIN").Run(); // matches and cover of one state
        try
        {
            var length = needle.EnumerateRunes().Count();
            var matches = length < TermLength
                ? FindShort(database, field, needle, cancellationToken)
                : FindPhrase(database, field, length <= MaxPhrase ? needle : Cut(needle), cancellationToken);
            if (matches is null) return null;
            var covered = Read(database.Of("SELECT id FROM emails WHERE cut & ? = 0 ORDER BY id").With(IndexSchema.CutOf(field)), cancellationToken);
            if (length <= MaxPhrase) return new TextMatches([.. matches], [.. covered]);
            return new TextMatches([], [.. covered.Except(matches).Order()]);
        }
        finally
        {
            database.Rollback();
        }
    }

    private static List<long> FindPhrase(Database database, TextField field, string phrase, CancellationToken cancellationToken) =>
        Read(
            database.Of("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid").With(Match(field, phrase)),
            cancellationToken);

    private static List<long>? FindShort(Database database, TextField field, string needle, CancellationToken cancellationToken)
    {
        var terms = database.Of("SELECT term FROM terms WHERE term >= ? AND term <= ? LIMIT ?")
            .With(needle).With(needle + LastTerm).With(MaxTerms + 1).List(static row => row.Text(0));
        if (terms.Count > MaxTerms) return null;
        var matches = new HashSet<long>();
        foreach (var term in terms) matches.UnionWith(FindPhrase(database, field, term, cancellationToken));
        return [.. matches.Order()];
    }

    // columns : "phrase", a quote in it doubled.
    private static string Match(TextField field, string phrase) =>
        $"{IndexSchema.Columns(field)} : \"{phrase.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Cut(string needle)
    {
        var text = new StringBuilder();
        foreach (var rune in needle.EnumerateRunes().Take(MaxPhrase)) text.Append(rune.ToString());
        return text.ToString();
    }

    private static List<long> Read(Statement query, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        query.Each(row =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            ids.Add(row.Long(0));
            return true;
        });
        return ids;
    }
}
