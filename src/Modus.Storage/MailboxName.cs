using System.Diagnostics.CodeAnalysis;
using Modus.Mail.Text;

namespace Modus.Storage;

/// <summary>
/// The name of a mailbox: text in levels divided by <c>/</c>, composed (form C), as Net-Unicode wants it: however a client spells
/// <c>é</c>, it is one name. INBOX is one name in any case, also as the first level (RFC 9051 §5.1). At most 32 levels and
/// 1,000 characters. Immutable and thread-safe.
/// </summary>
public readonly struct MailboxName : IEquatable<MailboxName>
{
    /// <summary>Divides the levels.</summary>
    public const char Separator = '/';

    private const int MaxLength = 1000; // well above what clients make; bounds keys and replies
    private const int MaxLevels = 32;
    private const char LineSeparator = '\u2028';
    private const char ParagraphSeparator = '\u2029';
    private const char ByteOrderMark = '\ufeff';

    private readonly string? _value;

    private MailboxName(string value) => _value = value;

    /// <summary>The mailbox that everybody has.</summary>
    public static MailboxName Inbox { get; } = new("INBOX");

    /// <summary>The full name.</summary>
    public string Value => _value ?? "";

    /// <summary>True for INBOX itself.</summary>
    public bool IsInbox => Value == "INBOX";

    /// <summary>Reads a name.</summary>
    /// <returns>
    /// False for empty names or levels, control characters, line and paragraph separators, byte order marks (RFC 5198 §2), lone
    /// surrogates, and names over the bounds.
    /// </returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out MailboxName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength) return false;
        var levels = 0;
        foreach (var level in text.AsSpan().Split(Separator))
            if (text.AsSpan()[level].IsEmpty || ++levels > MaxLevels) return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || text[i] is LineSeparator or ParagraphSeparator or ByteOrderMark) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[++i])) return false;
        }

        text = UnicodeForm.ToNfc(text);
        if (text.Length > MaxLength) return false;
        if (text.StartsWith("INBOX", StringComparison.OrdinalIgnoreCase) && (text.Length == 5 || text[5] == Separator))
            text = "INBOX" + text[5..];
        name = new MailboxName(text);
        return true;
    }

    /// <summary>Reads a name that is known to be good.</summary>
    /// <exception cref="FormatException">The text is no mailbox name.</exception>
    public static MailboxName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a mailbox name");

    /// <summary>True when this name lies below <paramref name="superior"/>.</summary>
    public bool IsUnder(MailboxName superior) =>
        Value.Length > superior.Value.Length + 1
        && Value[superior.Value.Length] == Separator
        && Value.StartsWith(superior.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public bool Equals(MailboxName other) => string.Equals(Value, other.Value, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MailboxName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <summary>The same as <see cref="Value"/>.</summary>
    public override string ToString() => Value;

    /// <summary>Equal names.</summary>
    public static bool operator ==(MailboxName left, MailboxName right) => left.Equals(right);

    /// <summary>Different names.</summary>
    public static bool operator !=(MailboxName left, MailboxName right) => !left.Equals(right);
}
