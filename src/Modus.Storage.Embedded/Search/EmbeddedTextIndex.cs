using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Modus.Mail.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>Answers from the index of an account. What goes wrong there is no reason for a search to fail: the mail is read instead.</summary>
internal sealed class EmbeddedTextIndex(IndexReaders readers, TextIndexer? indexer, ILogger logger) : ITextIndex
{
    public ValueTask<TextMatches?> FindAsync(AccountId account, TextField field, string needle, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(needle);
        cancellationToken.ThrowIfCancellationRequested();
        var folded = TextFold.Fold(needle);
        if (folded.Length == 0 || indexer?.IsReady(account) != true) return default;
        try
        {
            return new(readers.Read(account, database => TextQuery.Find(database, field, folded, cancellationToken)));
        }
        catch (SqliteException fault)
        {
            logger.IndexNotRead(fault, account.Value);
            if (SqliteFaults.IsDamage(fault)) indexer.Rebuild(account);
            return default;
        }
    }
}
