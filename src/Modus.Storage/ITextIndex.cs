using Modus.Mail.Text;

namespace Modus.Storage;

/// <summary>
/// Answers which messages have a text in them (RFC 9051 §6.4.4) without reading them. It is derived from the mail, follows
/// it some moments later, and may be missing altogether: what an answer does not cover, the caller reads
/// (<see cref="MessageText.Contains"/>). Thread-safe.
/// </summary>
public interface ITextIndex
{
    /// <summary>Looks for a text in all the mail of an account, exactly, whatever the case.</summary>
    /// <param name="account">Whose mail.</param>
    /// <param name="field">
    /// Where to look. A HEADER search asks for its value in <see cref="TextField.Header"/>; then a match is only a candidate,
    /// for <see cref="MessageText.ContainsField"/> to decide, and no match is certain.
    /// </param>
    /// <param name="needle">What to look for; it is folded here (<see cref="TextFold"/>).</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when there is no answer: no index, an empty needle, or one of which too much would match.</returns>
    ValueTask<TextMatches?> FindAsync(AccountId account, TextField field, string needle, CancellationToken cancellationToken);
}

/// <summary>The answer of a text index, as of one moment: what came later is not covered. Immutable.</summary>
public sealed class TextMatches
{
    private readonly long[] _matches;
    private readonly long[] _covered;

    /// <summary>Makes an answer; the arrays become its own.</summary>
    /// <param name="matches">The ids of the emails that match, ascending.</param>
    /// <param name="covered">The ids of the emails for which not to be among the matches means not to match, ascending.</param>
    public TextMatches(long[] matches, long[] covered)
    {
        ArgumentNullException.ThrowIfNull(matches);
        ArgumentNullException.ThrowIfNull(covered);
        _matches = matches;
        _covered = covered;
    }

    /// <summary>How many emails match, some of them perhaps gone since.</summary>
    public int Count => _matches.Length;

    /// <summary>True when the email has the text, for certain.</summary>
    public bool IsMatch(EmailId email) => Array.BinarySearch(_matches, email.Value) >= 0;

    /// <summary>True when <see cref="IsMatch"/> is the whole answer; false when an email that is no match must be read.</summary>
    public bool IsCovered(EmailId email) => Array.BinarySearch(_covered, email.Value) >= 0;
}
