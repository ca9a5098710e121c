using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>A question to the text index, and its answer once it was asked. Used by one search.</summary>
internal sealed class IndexedText(TextField field, string text, bool isExact)
{
    private TextMatches? _answer;

    public async ValueTask AskAsync(SearchContext context, CancellationToken cancellationToken)
    {
        if (context.Index is not null) _answer = await context.Index.FindAsync(context.Account, field, text, cancellationToken);
    }

    /// <summary>What the index knows of a message; Unknown when it must be read.</summary>
    public Verdict Judge(EmailId email)
    {
        if (_answer is null) return Verdict.Unknown;
        if (_answer.IsMatch(email)) return isExact ? Verdict.Yes : Verdict.Unknown;
        return _answer.IsCovered(email) ? Verdict.No : Verdict.Unknown;
    }
}
