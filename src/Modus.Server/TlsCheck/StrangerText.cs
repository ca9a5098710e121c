using System.Globalization;

namespace Modus.Server.TlsCheck;

/// <summary>A stranger's text, fit for an administrator's terminal: replies, subjects and names are the server's to choose.</summary>
internal static class StrangerText
{
    /// <returns>The text with <c>?</c> for what a terminal would obey and what would turn the order of the signs.</returns>
    public static string Clean(string text) => string.Create(text.Length, text, static (target, from) =>
    {
        for (var index = 0; index < from.Length; index++)
            target[index] = char.IsControl(from[index]) || char.GetUnicodeCategory(from[index]) == UnicodeCategory.Format ? '?' : from[index];
    });
}
