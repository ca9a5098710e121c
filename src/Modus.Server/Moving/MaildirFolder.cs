using System.Globalization;
using System.Text;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Moving;

/// <summary>One Maildir that messages are put into: written in <c>tmp</c>, then renamed into <c>cur</c>. Not thread-safe.</summary>
internal sealed class MaildirFolder : IExportMailbox
{
    /// <summary>The letters behind <c>:2,</c> in their order.</summary>
    public static readonly (MessageFlags Flag, char Letter)[] FlagLetters =
        [(MessageFlags.Draft, 'D'), (MessageFlags.Flagged, 'F'), (MessageFlags.Answered, 'R'), (MessageFlags.Seen, 'S'), (MessageFlags.Deleted, 'T')];

    private readonly string _path;
    private readonly uint _uidValidity;
    private readonly HashSet<string> _leftOut = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _there = new(StringComparer.Ordinal);
    private readonly MaildirKeywords _keywords;

    /// <summary>Makes the folder, if need be, and looks what is there.</summary>
    public MaildirFolder(string path, bool isRoot, uint uidValidity)
    {
        (_path, _uidValidity) = (path, uidValidity);
        DurableFile.CreateFolder(path);
        foreach (var part in (ReadOnlySpan<string>)["cur", "new", "tmp"]) DurableFile.CreateFolder(Path.Combine(path, part));
        var mark = Path.Combine(path, "maildirfolder"); // tells programs that deliver that this is no Maildir of its own
        if (!isRoot && !File.Exists(mark)) new FileStream(mark, NewFile).Dispose();
        foreach (var part in (ReadOnlySpan<string>)["cur", "new"])
            foreach (var file in Directory.EnumerateFiles(Path.Combine(path, part)))
                _there.Add(UniqueOf(Path.GetFileName(file)));
        _keywords = new MaildirKeywords(path);
    }

    /// <summary>A file that was not there, for its owner alone: mail is nobody else's business.</summary>
    public static FileStreamOptions NewFile
    {
        get
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return options;
        }
    }

    public IReadOnlyCollection<string> KeywordsLeftOut => _leftOut;

    public bool Has(MailRow message) => _there.Contains(Unique(message));

    public IExportMessage Begin(MailRow message) => new MaildirMessage(Path.Combine(_path, "tmp", Unique(message)));

    /// <summary>Puts a message that is written to its place, under the name that says all of it.</summary>
    public void Commit(IExportMessage message, MailRow row)
    {
        var file = (MaildirMessage)message;
        var letters = LettersOf(row);
        _keywords.Save();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Unique(row)},S={file.Length},W={file.LengthWithCrLf}:2,{letters}");
        file.MoveTo(Path.Combine(_path, "cur", name), row.InternalDate);
        _there.Add(Unique(row));
    }

    public void Finish()
    {
        DurableFile.SyncFolder(Path.Combine(_path, "cur"));
        DurableFile.SyncFolder(_path);
    }

    public void Dispose()
    {
    }

    // The same for the same message in every export, and for no other.
    private string Unique(MailRow message) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Max(0, message.InternalDate.ToUnixTimeSeconds())}.V{_uidValidity}U{message.Uid}.modus");

    // Other programs change what follows.
    private static string UniqueOf(string file) => file.IndexOfAny([',', ':']) is >= 0 and var end ? file[..end] : file;

    private string LettersOf(MailRow message)
    {
        var letters = new StringBuilder();
        foreach (var (flag, letter) in FlagLetters)
            if (message.Flags.HasFlag(flag)) letters.Append(letter);
        var keywords = new SortedSet<char>();
        foreach (var keyword in message.Keywords)
        {
            if (_keywords.LetterOf(keyword) is { } letter) keywords.Add(letter);
            else _leftOut.Add(keyword);
        }

        return letters.Append(string.Concat(keywords)).ToString();
    }
}
