using System.Buffers;
using System.Text;

namespace Modus.Delivery.Authentication.Results;

/// <summary>
/// Writes what came of the checks as Authentication-Results says it (RFC 8601 §2.2), from the name of this server on. Whatever a
/// stranger had a hand in stands in quotes or is a name. Not thread-safe.
/// </summary>
internal sealed class ResultsText(string authservId)
{
    private const int LineLength = 76;

    // tspecials of RFC 2045 §5.1 but "@": an address stands as it is
    private static readonly SearchValues<char> NoToken = SearchValues.Create("()<>,;:\\\"/[]?= ");

    private readonly StringBuilder _text = new(authservId);
    private int _column;

    /// <summary>Adds a result, on a line of its own.</summary>
    /// <param name="method">The method.</param>
    /// <param name="outcome">What came of it.</param>
    /// <param name="reason">Why, in words; null for nothing.</param>
    /// <param name="properties">What was checked; a value that is null is left out.</param>
    public void Add(string method, AuthenticationOutcome outcome, string? reason, params ReadOnlySpan<(string Name, string? Value)> properties)
    {
        _text.Append(';');
        Break();
        Append($"{method}={outcome.ToWord()}", isFirst: true);
        if (reason is not null) Append($"reason={Quote(reason)}");
        foreach (var (name, value) in properties)
            if (value is not null) Append($"{name}={(IsToken(value) ? value : Quote(value))}");
    }

    /// <summary>The text without an end of line; "none" when nothing was added (RFC 8601 §2.2).</summary>
    public override string ToString() => _column == 0 ? $"{_text}; none" : _text.ToString();

    private void Append(string word, bool isFirst = false)
    {
        if (!isFirst)
        {
            if (_column + word.Length + 1 > LineLength) Break();
            else _text.Append(' ');
        }

        _text.Append(word);
        _column += word.Length + 1;
    }

    private void Break()
    {
        _text.Append("\r\n\t");
        _column = 1;
    }

    private static bool IsToken(string value) => value.Length > 0 && !value.AsSpan().ContainsAny(NoToken) && Ascii.IsValid(value) && !value.Any(char.IsControl);

    private static string Quote(string value)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in value.Length > AuthenticationLimits.Reason ? value[..AuthenticationLimits.Reason] : value)
        {
            if (char.IsControl(c)) continue;
            if (c is '"' or '\\') quoted.Append('\\');
            quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
