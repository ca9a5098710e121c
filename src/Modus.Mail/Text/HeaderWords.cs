namespace Modus.Mail.Text;

/// <summary>Header values as people read them. Thread-safe.</summary>
public static class HeaderWords
{
    /// <summary>
    /// Undoes encoded words (RFC 2047), as <see cref="MessageText"/> does: what is none stays as it is, whatever it is.
    /// </summary>
    /// <param name="value">An unfolded value.</param>
    public static string Decode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return EncodedWords.Decode(value);
    }
}
