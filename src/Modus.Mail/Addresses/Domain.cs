using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Modus.Mail.Text;

namespace Modus.Mail.Addresses;

/// <summary>
/// A domain name as mail uses it (RFC 5321 §2.3.5): kept as lower-case A-labels, so that two spellings of one
/// name are equal. Immutable and thread-safe.
/// </summary>
public readonly struct Domain : IEquatable<Domain>
{
    private const int MaxLength = 255;    // RFC 5321 §4.5.3.1.2
    private const int MaxLabelLength = 63; // RFC 1035 §2.3.4

    private static readonly IdnMapping Idn = new() { UseStd3AsciiRules = true };

    private readonly string? _name;

    private Domain(string name) => _name = name;

    /// <summary>The name in lower-case A-labels, without a trailing dot; empty for <c>default</c>.</summary>
    public string Name => _name ?? "";

    /// <summary>The name for people: U-labels where the A-labels decode, else <see cref="Name"/>.</summary>
    public string DisplayName
    {
        get
        {
            if (!Name.Contains("xn--", StringComparison.Ordinal)) return Name;
            try
            {
                return Idn.GetUnicode(Name);
            }
            catch (ArgumentException)
            {
                return Name;
            }
        }
    }

    /// <summary>Reads a domain name; U-labels are turned into A-labels. Address literals are not domains.</summary>
    /// <returns>False when the text is no valid host name; nothing is thrown.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out Domain domain)
    {
        domain = default;
        if (string.IsNullOrEmpty(text)) return false;
        if (text[^1] == '.') text = text[..^1];
        if (text.Length is 0 or > MaxLength) return false;

        if (!System.Text.Ascii.IsValid(text))
        {
            try
            {
                // Without ICU the mapping neither folds case nor composes (RFC 3490 §4.1 step 2 wants both).
                text = UnicodeForm.ToNfkc(text.ToLowerInvariant());
                if (!AllLabelRunes(text)) return false;
                text = Idn.GetAscii(text);
            }
            catch (ArgumentException)
            {
                return false;
            }
        }

        foreach (var label in text.AsSpan().Split('.'))
            if (!IsLabel(text.AsSpan()[label])) return false;
        if (text.Length > MaxLength) return false;
        domain = new Domain(text.ToLowerInvariant());
        return true;
    }

    /// <summary>Reads a domain name that is known to be good (a constant, a stored value).</summary>
    /// <exception cref="FormatException">The text is no domain name.</exception>
    public static Domain Parse(string text) =>
        TryParse(text, out var domain) ? domain : throw new FormatException($"'{text}' is not a domain name");

    // sub-domain = Let-dig [Ldh-str]; the underscore is tolerated because real hosts greet with it.
    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > MaxLabelLength || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        return true;
    }

    private static bool AllLabelRunes(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (!IsLabelRune(rune)) return false;
        return true;
    }

    // Letters, marks and digits (RFC 5892 §2.1, roughly), the Catalan middle dot, and the ideographic full stop as a dot.
    private static bool IsLabelRune(Rune rune) =>
        rune.Value is '-' or '.' or '_' or 0x00B7 or 0x3002
        || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <inheritdoc/>
    public bool Equals(Domain other) => string.Equals(Name, other.Name, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Domain other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The same as <see cref="Name"/>.</summary>
    public override string ToString() => Name;

    /// <summary>Equal names.</summary>
    public static bool operator ==(Domain left, Domain right) => left.Equals(right);

    /// <summary>Different names.</summary>
    public static bool operator !=(Domain left, Domain right) => !left.Equals(right);
}
