using System.Text;

namespace Modus.Delivery.Dsn;

/// <summary>Writes header-like fields of a notice. What strangers said in them is cleaned: it must not end a line, and has a bound.</summary>
internal static class NoticeField
{
    private const int MaxText = 900; // a line has 998 (RFC 5322 §2.1.1), however long the words are
    private const int Width = 78;    // RFC 5322 §2.1.1

    /// <summary>The text without control characters, cut to what a line may hold.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxText));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= MaxText) break;
            clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>Writes <c>name: value</c>, folded at spaces when it is long.</summary>
    public static void Write(StringBuilder target, string name, string value)
    {
        target.Append(name).Append(':');
        var column = name.Length + 1;
        value = Clean(value);
        if (column + 1 + value.Length <= Width)
        {
            target.Append(' ').Append(value).Append("\r\n");
            return;
        }

        foreach (var word in value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > name.Length + 1 && column + 1 + word.Length > Width)
            {
                target.Append("\r\n");
                column = 0;
            }

            target.Append(' ').Append(word);
            column += 1 + word.Length;
        }

        target.Append("\r\n");
    }
}
