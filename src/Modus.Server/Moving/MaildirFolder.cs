using System.Globalization;
using System.Text;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Moving;

/// <summary>One Maildir that messages are put into: written in <c>tmp</c>, then renamed into <c>cur</c>. Not thread-safe.</summary>
internal sealed class MaildirFolder
{
    /// <summary>The letters behind <c>:2,</c> in their order.</summary>
    public static readonly (MessageFlags Flag, char Letter)[] FlagLetters =
        [(MessageFlags.Draft, 'D'), (MessageFlags.Flagged, 'F'), (MessageFlags.Answered, 'R'), (MessageFlags.Seen, 'S'), (MessageFlags.Deleted, 'T')];

    private readonly string _path;
    private readonly HashSet<string> _there = new(StringComparer.Ordinal);
    private readonly MaildirKeywords _keywords;

    /// <summary>Makes the folder, if need be, and looks what is there.</summary>
    public MaildirFolder(string path, bool isRoot)
    {
        _path = path;
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

    /// <summary>Keywords that had no letter left.</summary>
    public HashSet<string> KeywordsLeftOut { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True when the message was exported before.</summary>
    public bool Has(MailboxRow mailbox, MailRow message) => _there.Contains(Unique(mailbox, message));

    /// <summary>Begins a message.</summary>
    public MaildirMessage Begin(MailboxRow mailbox, MailRow message) => new(Path.Combine(_path, "tmp", Unique(mailbox, message)));

    /// <summary>Puts a message that is written to its place, under the name that says all of it.</summary>
    public void Commit(MaildirMessage file, MailboxRow mailbox, MailRow message)
    {
        var letters = LettersOf(message);
        _keywords.Save();
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{Unique(mailbox, message)},S={file.Length},W={file.LengthWithCrLf}:2,{letters}");
        file.MoveTo(Path.Combine(_path, "cur", name), message.InternalDate);
        _there.Add(Unique(mailbox, message));
    }

    /// <summary>Puts the names of messages on stable storage.</summary>
    public void Sync()
    {
        DurableFile.SyncFolder(Path.Combine(_path, "cur"));
        DurableFile.SyncFolder(_path);
    }

    // The same for the same message in every export, and for no other.
    private static string Unique(MailboxRow mailbox, MailRow message) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Max(0, message.InternalDate.ToUnixTimeSeconds())}.V{mailbox.UidValidity}U{message.Uid}.modus");

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
            else KeywordsLeftOut.Add(keyword);
        }

        return letters.Append(string.Concat(keywords)).ToString();
    }
}
