using System.Globalization;
using Modus.Storage;

namespace Modus.Server.Moving.Import;

/// <summary>What the name of a file in a Maildir says of its message.</summary>
/// <param name="Seconds">When it was delivered, in seconds since 1970; null when the name does not begin so.</param>
/// <param name="Flags">The flags behind <c>:2,</c>.</param>
/// <param name="Letters">The letters of keywords behind it.</param>
/// <param name="IsForwarded">Letter <c>P</c>: passed on, which IMAP knows as the keyword <c>$Forwarded</c>.</param>
internal readonly record struct MaildirFileName(long? Seconds, MessageFlags Flags, string Letters, bool IsForwarded)
{
    public static MaildirFileName Read(string name)
    {
        var info = name.LastIndexOf(":2,", StringComparison.Ordinal);
        var letters = info < 0 ? "" : name[(info + 3)..];
        if (letters.IndexOf(',', StringComparison.Ordinal) is >= 0 and var end) letters = letters[..end]; // what other programs added
        var flags = MessageFlags.None;
        foreach (var (flag, letter) in MaildirFolder.FlagLetters)
            if (letters.Contains(letter, StringComparison.Ordinal)) flags |= flag;
        return new MaildirFileName(
            SecondsOf(name), flags, string.Concat(letters.Where(static letter => letter is >= 'a' and <= 'z')), letters.Contains('P', StringComparison.Ordinal));
    }

    private static long? SecondsOf(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= uint.MaxValue ? seconds : null;
    }
}
