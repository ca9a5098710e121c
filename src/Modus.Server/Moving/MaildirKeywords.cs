using System.Globalization;

namespace Modus.Server.Moving;

/// <summary>
/// The keywords of one Maildir: letters in file names, explained by the file <c>dovecot-keywords</c> (lines of a number and a
/// keyword, 0 for <c>a</c>). What stood there keeps its letter.
/// </summary>
internal sealed class MaildirKeywords
{
    /// <summary>As many as there are letters, which is the format's bound.</summary>
    public const int Max = 26;

    private const int MaxFile = 64 * 1024; // 26 lines; what is longer was written by nobody who keeps to the format

    private readonly string _path;
    private readonly string?[] _keywords = new string?[Max];
    private bool _changed;

    public MaildirKeywords(string folder)
    {
        _path = Path.Combine(folder, "dovecot-keywords");
        if (new FileInfo(_path) is not { Exists: true, LinkTarget: null, Length: <= MaxFile }) return;
        foreach (var line in File.ReadLines(_path))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < Max)
                _keywords[number] = line[(space + 1)..];
        }
    }

    /// <summary>The letter of a keyword; null when all letters are given away.</summary>
    public char? LetterOf(string keyword)
    {
        var at = Array.FindIndex(_keywords, known => string.Equals(known, keyword, StringComparison.OrdinalIgnoreCase));
        if (at < 0)
        {
            at = Array.IndexOf(_keywords, null);
            if (at < 0) return null;
            (_keywords[at], _changed) = (keyword, true);
        }

        return (char)('a' + at);
    }

    /// <summary>The keyword of a letter; null when the file does not say.</summary>
    public string? KeywordOf(char letter) => letter is >= 'a' and <= 'z' ? _keywords[letter - 'a'] : null;

    /// <summary>Writes the file when a letter was given away: before the messages whose names have it.</summary>
    public void Save()
    {
        if (!_changed) return;
        var lines = _keywords.Select(static (keyword, i) => (keyword, i)).Where(static row => row.keyword is not null)
            .Select(static row => string.Create(CultureInfo.InvariantCulture, $"{row.i} {row.keyword}\n"));
        WholeFile.Write(_path, System.Text.Encoding.ASCII.GetBytes(string.Concat(lines)));
        _changed = false;
    }
}
