using System.Runtime.CompilerServices;
using Modus.Server.Moving.Import;
using Modus.Storage;

namespace Modus.Server.Moving.Mbox;

/// <summary>Mail in mbox files: one, or those of a folder. Nothing is changed.</summary>
/// <param name="path">The file or the folder.</param>
/// <param name="name">The mailbox of a single file; null for what the file is called.</param>
internal sealed class MboxSource(string path, string? name) : IMailSource
{
    public async ValueTask<IReadOnlyList<SourceMailbox>> ListAsync(ImportFaults faults, CancellationToken cancellationToken)
    {
        try
        {
            if (!Directory.Exists(path)) return [await SingleAsync(cancellationToken)];
            if (name is not null) throw new MailSourceException($"{path} is a folder: --as goes with a single file, --into with both.");
            var exported = MailboxesFile.Read(path);
            var found = new List<SourceMailbox>();
            foreach (var file in MboxTree.Find(path, faults))
            {
                if (!await IsMboxAsync(file.Path, cancellationToken)) TellOf(file.Path, faults);
                else found.Add(Describe(file, exported));
            }

            if (found.Count == 0) throw new MailSourceException($"There is no mbox file in {path}.");
            if (File.Exists(Path.Combine(path, MailExport.Unfinished)))
                faults.Note("The export that wrote this folder was broken off: not everything is in it.");
            return found;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new MailSourceException($"{path} cannot be read: {denied.Message}");
        }
    }

    public async IAsyncEnumerable<SourceMessage> ReadAsync(
        SourceMailbox mailbox, ImportTarget target, ImportFaults faults, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = OpenFile(mailbox.Place);
        var number = 0;
        var leftOut = 0;
        await foreach (var entry in new MboxReader(file).ReadAsync(cancellationToken))
        {
            number++;
            if (entry.Header.IsLeftOut)
            {
                leftOut++;
                continue;
            }

            yield return new MboxMail(mailbox.Place, entry)
            {
                Label = $"{mailbox.Place}, message {number}", Date = entry.Date, Flags = entry.Header.Flags, Keywords = entry.Header.Keywords,
            };
        }

        if (leftOut > 0) faults.Note($"{mailbox.Name}: {leftOut} left out that a mail program had deleted, or kept for itself.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // What is called as mail programs call their files is missed; anything else lies there by chance.
    private static void TellOf(string file, ImportFaults faults)
    {
        if (Path.GetExtension(file).ToLowerInvariant() is "" or ".mbox" or ".mbx") faults.Add($"{file}: its first line is none of the kind `From sender date`: it was passed over.");
        else faults.Note($"{file} is no mbox file, and was passed over.");
    }

    private static SourceMailbox Describe(MboxPlace file, MailboxesFile? exported) =>
        exported?.Mailboxes.FirstOrDefault(box => box.File == file.Relative) is { } entry
            ? new SourceMailbox(entry.Name, entry.Use, entry.IsSubscribed, file.Path)
            : new SourceMailbox(file.Name, SpecialUse.None, null, file.Path);

    private async ValueTask<SourceMailbox> SingleAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) throw new MailSourceException($"There is no file and no folder {path}.");
        return await IsMboxAsync(path, cancellationToken)
            ? new SourceMailbox(name ?? MboxTree.NameOf(Path.GetFileName(path)), SpecialUse.None, null, path)
            : throw new MailSourceException($"{path} is no mbox file: its first line is none of the kind `From sender date`.");
    }

    private static async ValueTask<bool> IsMboxAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = Open(file);
        return await MboxReader.IsMboxAsync(stream, cancellationToken);
    }

    private static FileStream OpenFile(string file)
    {
        try
        {
            return Open(file);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new MailSourceException($"{file} cannot be read: {denied.Message}");
        }
    }

    private static FileStream Open(string file) =>
        new(file, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });

    private sealed class MboxMail(string file, MboxEntry entry) : SourceMessage
    {
        public override Stream Open() => new MboxContentStream(MboxSource.Open(file), entry);
    }
}
