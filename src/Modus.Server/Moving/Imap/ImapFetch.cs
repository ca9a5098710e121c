using System.Runtime.CompilerServices;
using MailKit;
using MailKit.Net.Imap;
using Modus.Server.Admin.Operations;
using Modus.Server.Moving.Import;

namespace Modus.Server.Moving.Imap;

/// <summary>Fetches the bytes of messages: small ones several at once, which spares round trips, large ones in pieces into a file.</summary>
internal sealed class ImapFetch(ImapLink link, SourceMailbox mailbox, UidLedger ledger, long maxMessageSize, ImportFaults faults, TimeProvider clock)
{
    private const int Piece = 1 << 20;
    private const int MaxTogether = 64;
    private const long Slack = 1 << 20; // sizes of some servers are guesses

    /// <summary>The messages of a page, those first that come together.</summary>
    public async IAsyncEnumerable<ImapMail> ReadAsync(
        IReadOnlyList<UniqueId> page, IList<IMessageSummary> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var uid in page) ledger.Begin(uid.Id);
        var wanted = page.Select(static uid => uid.Id).ToHashSet();
        var known = rows.Where(row => wanted.Remove(row.UniqueId.Id)).OrderBy(static row => row.UniqueId.Id).ToList();
        foreach (var gone in wanted) ledger.GiveUp(gone);

        foreach (var batch in Batches(known))
        {
            if (batch.Count > 1)
                foreach (var message in await ReadSmallAsync(batch, cancellationToken)) yield return message;
            else if (await TryReadAsync(batch[0], cancellationToken) is { } message) yield return message;
        }
    }

    private IEnumerable<List<IMessageSummary>> Batches(List<IMessageSummary> rows)
    {
        var batch = new List<IMessageSummary>();
        long bytes = 0;
        foreach (var row in rows)
        {
            var size = row.Size ?? Piece;
            if (size > maxMessageSize)
            {
                faults.Add($"{mailbox.Name}: message with UID {row.UniqueId.Id}: it is larger than the {maxMessageSize} bytes that a message may have here (imap.maxMessageSize).");
                ledger.GiveUp(row.UniqueId.Id);
                continue;
            }

            if (batch.Count > 0 && (bytes + size > Piece || batch.Count == MaxTogether))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(row);
            bytes += size;
        }

        if (batch.Count > 0) yield return batch;
    }

    private async ValueTask<List<ImapMail>> ReadSmallAsync(List<IMessageSummary> batch, CancellationToken cancellationToken)
    {
        var contents = new Dictionary<uint, byte[]>();
        try
        {
            await link.AskAsync(
                mailbox.Place, ledger.UidValidity, (2 * batch.Sum(static row => (long)(row.Size ?? 0))) + Slack,
                async folder =>
                {
                    contents.Clear();
                    await ((IImapFolder)folder).GetStreamsAsync(
                        [.. batch.Select(static row => row.UniqueId)],
                        async (_, _, uid, stream, cancel) => contents[uid.Id] = await ToBytesAsync(stream, cancel),
                        cancellationToken);
                    return true;
                },
                cancellationToken);
        }
        catch (ImapCommandException)
        {
            // One of them the server cannot give; each is asked for alone below.
        }

        var messages = new List<ImapMail>();
        foreach (var row in batch)
        {
            if (contents.TryGetValue(row.UniqueId.Id, out var bytes)) messages.Add(ToMail(row, bytes, null));
            else if (await TryReadAsync(row, cancellationToken) is { } message) messages.Add(message);
        }

        return messages;
    }

    private async ValueTask<ImapMail?> TryReadAsync(IMessageSummary row, CancellationToken cancellationToken)
    {
        var file = NewFile();
        try
        {
            while (await ReadPieceAsync(row.UniqueId, file.Length, cancellationToken) is { Length: > 0 } piece)
            {
                await file.WriteAsync(piece, cancellationToken);
                if (piece.Length < Piece || file.Length > maxMessageSize) break;
            }

            if (file.Length > 0) return ToMail(row, null, file); // too much is told by who surveys it
            ledger.GiveUp(row.UniqueId.Id); // expunged meanwhile
        }
        catch (ImapCommandException refused)
        {
            faults.Add($"{mailbox.Name}: message with UID {row.UniqueId.Id}: the server does not give it: {refused.Message}");
            ledger.GiveUp(row.UniqueId.Id);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        await file.DisposeAsync();
        return null;
    }

    // Nobody else's, and gone with this process, however it ends.
    private static FileStream NewFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"modus-import-{Path.GetRandomFileName()}");
        var options = MaildirFolder.NewFile;
        options.Access = FileAccess.ReadWrite;
        if (OperatingSystem.IsWindows())
        {
            options.Options = FileOptions.DeleteOnClose;
            return new FileStream(path, options);
        }

        var file = new FileStream(path, options);
        File.Delete(path);
        return file;
    }

    private ValueTask<byte[]> ReadPieceAsync(UniqueId uid, long offset, CancellationToken cancellationToken) =>
        link.AskAsync(
            mailbox.Place, ledger.UidValidity, Piece + Slack,
            async folder =>
            {
                await using var stream = await folder.GetStreamAsync(uid, (int)offset, Piece, cancellationToken);
                return await ToBytesAsync(stream, cancellationToken);
            },
            cancellationToken);

    private static async Task<byte[]> ToBytesAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private ImapMail ToMail(IMessageSummary row, byte[]? bytes, FileStream? file) => new(ledger, row.UniqueId.Id)
    {
        Label = $"message with UID {row.UniqueId.Id}",
        Date = row.InternalDate ?? clock.GetUtcNow(),
        Flags = FlagsOf(row.Flags ?? MailKit.MessageFlags.None),
        Keywords = [.. row.Keywords.Take(MailKeyword.MaxOfMessage)],
        Bytes = bytes,
        File = file,
    };

    private static Storage.MessageFlags FlagsOf(MailKit.MessageFlags flags)
    {
        var kept = Storage.MessageFlags.None;
        foreach (var (theirs, ours) in (ReadOnlySpan<(MailKit.MessageFlags, Storage.MessageFlags)>)
            [
                (MailKit.MessageFlags.Seen, Storage.MessageFlags.Seen), (MailKit.MessageFlags.Answered, Storage.MessageFlags.Answered),
                (MailKit.MessageFlags.Flagged, Storage.MessageFlags.Flagged), (MailKit.MessageFlags.Deleted, Storage.MessageFlags.Deleted),
                (MailKit.MessageFlags.Draft, Storage.MessageFlags.Draft),
            ])
            if (flags.HasFlag(theirs)) kept |= ours;
        return kept;
    }
}
