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
            var covered = database.Of("SELECT id FROM emails WHERE cut & ? = 0 ORDER BY id").With(IndexSchema.CutOf(field))
                .List(static row => row.Long(0));
            if (length <= MaxPhrase) return new TextMatches([.. matches], [.. covered]);
            return new TextMatches([], [.. covered.Except(matches).Order()]);
        }
        finally
        {
            database.Rollback();
        }
    }

    private static List<long> FindPhrase(Database database, TextField field, string phrase, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        Each(database, field, phrase, ids.Add, cancellationToken);
        return ids;
    }

    // One term after the other, because most texts have the first few of a common letter, and the rest need not be read then.
    private static List<long>? FindShort(Database database, TextField field, string needle, CancellationToken cancellationToken)
    {
        var all = database.Of("SELECT count(*) FROM emails").Number();
        var matches = new HashSet<long>();
        var terms = 0;
        database.Of("SELECT term FROM terms WHERE term >= ? AND term <= ?").With(needle).With(needle + LastTerm).Each(row =>
        {
            Each(database, field, row.Text(0), id => matches.Add(id), cancellationToken);
            return ++terms <= MaxTerms && matches.Count != all;
        });
        return terms > MaxTerms ? null : [.. matches.Order()];
    }

    private static void Each(Database database, TextField field, string phrase, Action<long> found, CancellationToken cancellationToken) =>
        database.Of("SELECT rowid FROM texts WHERE texts MATCH ? ORDER BY rowid").With(Match(field, phrase)).Each(row =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            found(row.Long(0));
            return true;
        });

    // columns : "phrase", a quote in it doubled.
    private static string Match(TextField field, string phrase) =>
        $"{IndexSchema.Columns(field)} : \"{phrase.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Cut(string needle)
    {
        var text = new StringBuilder();
        foreach (var rune in needle.EnumerateRunes().Take(MaxPhrase)) text.Append(rune.ToString());
        return text.ToString();
    }
}
