using System.Text;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Moving.Mbox;

/// <summary>
/// One mailbox as an mbox file in the form mboxrd, written anew by each export beside its place and put there when it is whole. Not
/// thread-safe.
/// </summary>
internal sealed class MboxFile : IExportMailbox
{
    private static readonly (MessageFlags Flag, char Letter)[] StatusLetters =
        [(MessageFlags.Answered, 'A'), (MessageFlags.Flagged, 'F'), (MessageFlags.Draft, 'T'), (MessageFlags.Deleted, 'D')];

    private readonly string _path;
    private readonly string _fresh;
    private readonly FileStream _file;

    public MboxFile(string path)
    {
        (_path, _fresh) = (path, path + ".new");
        File.Delete(_fresh); // of an export that was broken off
        var options = MaildirFolder.NewFile;
        options.BufferSize = 64 * 1024;
        _file = new FileStream(_fresh, options);
    }

    public IReadOnlyCollection<string> KeywordsLeftOut => [];

    /// <summary>The file of a mailbox: its folder in a Maildir without the dot, and <c>.mbox</c>; null when the name is too long.</summary>
    public static string? NameOf(string mailbox)
    {
        var name = mailbox == "INBOX" ? mailbox : MaildirName.Of(mailbox)?[1..];
        return name is null || name.Length + ".mbox.new".Length > MaildirName.MaxLength ? null : name + ".mbox";
    }

    public bool Has(MailRow message) => false;

    public IExportMessage Begin(MailRow message) => new MboxMessage(_file, message.InternalDate, FieldsOf(message));

    public void Commit(IExportMessage message, MailRow row) => ((MboxMessage)message).End();

    public void Finish()
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.Move(_fresh, _path, overwrite: true);
        DurableFile.SyncFolder(Path.GetDirectoryName(_path)!);
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_fresh);
    }

    // Status is the last: what seems to continue it belongs to the message (MboxHeader).
    private static string FieldsOf(MailRow message)
    {
        var fields = new StringBuilder();
        if (message.Keywords.Count > 0) fields.Append("X-Keywords: ").AppendJoin(' ', message.Keywords).Append('\n');
        var letters = string.Concat(StatusLetters.Where(one => message.Flags.HasFlag(one.Flag)).Select(static one => one.Letter));
        if (letters.Length > 0) fields.Append("X-Status: ").Append(letters).Append('\n');
        return fields.Append(message.Flags.HasFlag(MessageFlags.Seen) ? "Status: RO\n" : "Status: O\n").ToString();
    }
}
