using System.Runtime.CompilerServices;

namespace Modus.Server.Moving.Import;

/// <summary>A Maildir, read with the rights of who runs the command. Nothing in it is changed.</summary>
/// <param name="root">The folder of INBOX.</param>
internal sealed class MaildirSource(string root) : IMailSource
{
    public ValueTask<IReadOnlyList<SourceMailbox>> ListAsync(ImportFaults faults, CancellationToken cancellationToken)
    {
        try
        {
            return new(List(faults));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new MailSourceException($"{root} cannot be read: {denied.Message}");
        }
    }

    public async IAsyncEnumerable<SourceMessage> ReadAsync(
        SourceMailbox mailbox, ImportTarget target, ImportFaults faults, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keywords = new MaildirKeywords(mailbox.Place);
        foreach (var file in Files(mailbox))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (message, fault) = Look(file, keywords);
            if (fault is not null) faults.Add($"{mailbox.Name}: {file.Path}: {fault}");
            if (message is not null) yield return message;
        }

        await ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private List<SourceMailbox> List(ImportFaults faults)
    {
        var places = Directory.Exists(root) ? MaildirTree.Find(root, faults) : throw new MailSourceException($"There is no folder {root}.");
        if (places.Count == 0) throw new MailSourceException($"{root} is no Maildir: neither it nor a folder below has cur or new.");
        var exported = MailboxesFile.Read(root);
        if (exported is null && File.Exists(Path.Combine(root, MailboxesFile.FileName)))
            faults.Note($"{MailboxesFile.FileName} cannot be read: what mailboxes are for is not known.");
        var uses = exported?.Mailboxes.DistinctBy(static box => box.Name).ToDictionary(static box => box.Name, static box => box.Use) ?? [];
        var subscribed = MaildirSubscriptions.Read(root);
        if (File.Exists(Path.Combine(root, MailExport.Unfinished)))
            faults.Note("The export that wrote this folder was broken off: not everything is in it.");
        return [.. places.Select(place => new SourceMailbox(
            place.Name, uses.GetValueOrDefault(place.Name), subscribed?.Contains(place.Raw), place.Path))];
    }

    // In the order of delivery, so that UIDs say the same as dates.
    private static List<MaildirFile> Files(SourceMailbox mailbox)
    {
        try
        {
            var files = new List<MaildirFile>();
            foreach (var part in (ReadOnlySpan<string>)["cur", "new"])
            {
                var folder = Path.Combine(mailbox.Place, part);
                if (!Directory.Exists(folder) || MaildirTree.IsLink(folder)) continue;
                files.AddRange(Directory.EnumerateFileSystemEntries(folder)
                    .Where(static path => !Path.GetFileName(path.AsSpan()).StartsWith('.'))
                    .Select(static path => new MaildirFile(path)));
            }

            files.Sort();
            return files;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new MailSourceException($"{mailbox.Place} cannot be read: {denied.Message}");
        }
    }

    private static (MaildirMail? Message, string? Fault) Look(MaildirFile file, MaildirKeywords keywords)
    {
        var there = new FileInfo(file.Path);
        if (there.LinkTarget is not null) return (null, "it is a symbolic link, which is not followed.");
        if (!there.Exists)
            return (null, Directory.Exists(file.Path) ? "it is a folder, not a message." : "it is gone, was renamed meanwhile, or has a name that is no UTF-8. Import again when nobody uses it, or rename it.");
        if (there.Length == 0) return (null, "it is empty."); // a pipe is, too: opening one would wait for ever
        List<string> words = [.. file.Name.Letters.Select(keywords.KeywordOf).OfType<string>()];
        if (file.Name.IsForwarded) words.Add("$Forwarded");
        return (new MaildirMail(file.Path)
        {
            Label = file.Path, Date = DateOf(there, file.Name), Flags = file.Name.Flags, Keywords = words,
        }, null);
    }

    // Servers keep INTERNALDATE as the file's time, which is later when the file was copied carelessly; the name keeps the delivery.
    private static DateTimeOffset DateOf(FileInfo file, MaildirFileName name)
    {
        var changed = new DateTimeOffset(file.LastWriteTimeUtc);
        return name.Seconds is { } seconds && DateTimeOffset.FromUnixTimeSeconds(seconds) is var delivered && delivered < changed ? delivered : changed;
    }

    private sealed class MaildirMail(string path) : SourceMessage
    {
        public override Stream Open() => new FileStream(path, new FileStreamOptions { BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
    }

    private sealed record MaildirFile(string Path) : IComparable<MaildirFile>
    {
        public MaildirFileName Name { get; } = MaildirFileName.Read(System.IO.Path.GetFileName(Path));

        public int CompareTo(MaildirFile? other)
        {
            if (other is null) return 1;
            var order = (Name.Seconds ?? 0).CompareTo(other.Name.Seconds ?? 0);
            if (order == 0) order = Path.Length.CompareTo(other.Path.Length); // numbers without leading zeros
            return order == 0 ? string.CompareOrdinal(Path, other.Path) : order;
        }
    }
}
