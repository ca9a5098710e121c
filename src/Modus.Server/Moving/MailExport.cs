using System.Text;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Moving.Mbox;
using Modus.Tls;

namespace Modus.Server.Moving;

/// <summary>
/// Writes the mailboxes of an account as a Maildir++ or as mbox files, with the rights of who runs the command: the server only reads. A file
/// that stands in the folder until everything is there tells a broken export from a whole one. Not thread-safe.
/// </summary>
internal sealed class MailExport(IAdminChannel channel, string folder, ExportFormat format, CancellationToken cancellationToken)
{
    /// <summary>Stands in the folder while an export is not complete.</summary>
    public const string Unfinished = "modus-export.unfinished";

    private readonly List<string> _notes = [];
    private readonly List<string> _faults = [];
    private int _mailboxes;
    private long _exported;
    private long _alreadyThere;
    private long _bytes;

    /// <summary>Exports those mailboxes that <paramref name="names"/> has, all when it is empty.</summary>
    /// <exception cref="IOException">The folder cannot be written, or another export writes it.</exception>
    public async ValueTask<AdminReply<ExportReport>> RunAsync(string address, IReadOnlyList<string> names)
    {
        var found = await channel.RunAsync(AdminOperations.ListMailboxes, new AddressName(address), cancellationToken);
        if (found.Result is not { } mailboxes) return found.Fault!;
        if (names.Where(name => !mailboxes.Any(box => IsNamed(box, name))).ToList() is { Count: > 0 } missing)
            return AdminFault.NotFound($"{address} has no mailbox {string.Join(", ", missing)}. It has: {string.Join(", ", mailboxes.Select(static box => box.Name))}.");

        DurableFile.CreateFolder(folder);
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
            return AdminFault.Invalid($"Every account can write {folder}, and lead the mail elsewhere by a link: `chmod o-w {folder}`, or name another folder.");
        var mark = Path.Combine(folder, Unfinished);
        var wasUnfinished = File.Exists(mark);
        await using (new FileStream(mark, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None))
        {
            DurableFile.SyncFolder(folder);
            foreach (var mailbox in mailboxes)
            {
                if (names.Count > 0 && !names.Any(name => IsNamed(mailbox, name))) continue;
                if (await ExportAsync(mailbox) is { } fault) return fault;
            }

            if (names.Count == 0) WriteMailboxes(mailboxes);
            DurableFile.SyncFolder(folder);

            // What was missing before is there only when everything was looked at.
            if (_faults.Count == 0 && (names.Count == 0 || !wasUnfinished)) File.Delete(mark);
        }

        return new ExportReport(_mailboxes, _exported, _alreadyThere, _bytes, _notes, _faults);
    }

    private string? FileOf(string mailbox) => format == ExportFormat.Mbox ? MboxFile.NameOf(mailbox) : MaildirName.Of(mailbox);

    private void WriteMailboxes(MailboxRow[] mailboxes)
    {
        var entries = mailboxes.Select(box => new MailboxEntry(box.Name, FileOf(box.Name) ?? "", box.Use, box.IsSubscribed)).ToArray();
        new MailboxesFile(entries).Write(folder);
        if (format == ExportFormat.Mbox) return; // there is no form for it that others read
        var lines = entries.Where(static box => box.IsSubscribed)
            .Select(static box => (box.Name == "INBOX" ? box.Name : box.File.TrimStart('.')) + '\n').Where(static line => line.Length > 1);
        WholeFile.Write(Path.Combine(folder, "subscriptions"), Encoding.ASCII.GetBytes(string.Concat(lines)));
    }

    private static bool IsNamed(MailboxRow mailbox, string name) =>
        mailbox.Name == name || (mailbox.Name == "INBOX" && string.Equals(name, "INBOX", StringComparison.OrdinalIgnoreCase));

    private async ValueTask<AdminFault?> ExportAsync(MailboxRow mailbox)
    {
        if (FileOf(mailbox.Name) is not { } name)
        {
            _faults.Add($"{mailbox.Name}: its name is too long for a {(format == ExportFormat.Mbox ? "file" : "folder")}. Rename it and export again.");
            return null;
        }

        using IExportMailbox target = format == ExportFormat.Mbox
            ? new MboxFile(Path.Combine(folder, name))
            : new MaildirFolder(Path.Combine(folder, name), isRoot: name.Length == 0, mailbox.UidValidity);
        for (uint after = 0; ;)
        {
            var page = await channel.RunAsync(AdminOperations.ListMail, new MailQuery(mailbox.Id, after), cancellationToken);
            if (page.Result is not { } rows) return page.Fault;
            if (rows.Length == 0) break;
            after = rows[^1].Uid;
            var fresh = rows.Where(row => !target.Has(row)).ToList();
            _alreadyThere += rows.Length - fresh.Count;
            foreach (var batch in Batches(fresh))
                if (await CopyAsync(mailbox, target, batch) is { } fault) return fault;
        }

        target.Finish();
        if (target.KeywordsLeftOut.Count > 0)
            _notes.Add($"{mailbox.Name}: a Maildir has letters for {MaildirKeywords.Max} keywords; left out: {string.Join(", ", target.KeywordsLeftOut)}.");
        _mailboxes++;
        return null;
    }

    /// <summary>As many messages as one reply may carry; a larger one alone.</summary>
    private static IEnumerable<List<MailRow>> Batches(List<MailRow> rows)
    {
        var batch = new List<MailRow>();
        long bytes = 0;
        foreach (var row in rows)
        {
            if (batch.Count > 0 && bytes + row.Size > ReadContent.MaxBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += row.Size;
        }

        if (batch.Count > 0) yield return batch;
    }

    private async ValueTask<AdminFault?> CopyAsync(MailboxRow mailbox, IExportMailbox target, List<MailRow> batch)
    {
        var query = new ContentQuery([.. batch.Select(static row => Piece(row, 0))]);
        var reply = await channel.RunAsync(AdminOperations.ReadContent, query, cancellationToken);
        if (reply.Result is not { } contents) return reply.Fault;
        for (var i = 0; i < contents.Length; i++)
            if (await WriteAsync(mailbox, target, batch[i], contents[i]) is { } fault) return fault;
        return null;
    }

    private async ValueTask<AdminFault?> WriteAsync(MailboxRow mailbox, IExportMailbox target, MailRow row, ContentBytes content)
    {
        using var file = target.Begin(row);
        while (content.Bytes is { Length: > 0 } bytes)
        {
            await file.WriteAsync(bytes, cancellationToken);
            if (file.Length >= row.Size) break;
            var reply = await channel.RunAsync(
                AdminOperations.ReadContent, new ContentQuery([Piece(row, file.Length)]), cancellationToken);
            if (reply.Result is not [var next]) return reply.Fault;
            content = next;
        }

        if (content is { Bytes: null, IsDamaged: false }) return null; // expunged meanwhile
        if (content.IsDamaged || file.Length != row.Size || (row.Sha256 is { } hash && !file.Sha256().AsSpan().SequenceEqual(hash)))
        {
            _faults.Add($"{mailbox.Name}: message with UID {row.Uid} is damaged in the store. `modus store verify` tells more.");
            return null;
        }

        target.Commit(file, row);
        _exported++;
        _bytes += file.Length;
        return null;
    }

    private static ContentPiece Piece(MailRow row, long offset) =>
        new(row.Content, offset, (int)Math.Min(row.Size - offset, ReadContent.MaxBytes));
}
