using System.Buffers;
using System.Security.Cryptography;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>
/// Takes messages into a mailbox, all of them in one step or none, and remembers that they were imported. Content goes from the stream
/// into the store in pieces.
/// </summary>
internal sealed class TakeMail() : AdminUpload<TakenMail>("import-mail", AdminJson.Default.AdminReplyTakenMail)
{
    /// <summary>Bytes of messages that come together; a larger one comes alone. What the store has not spilled is memory.</summary>
    public const long MaxBytes = 2 * 1024 * 1024;

    /// <summary>Messages that come together.</summary>
    public const int MaxMessages = 500;

    private const int Piece = 32 * 1024; // the writer wants a flush every 64 KB

    public override async ValueTask<AdminReply<TakenMail>> RunAsync(Stream body, AdminPorts ports, CancellationToken cancellationToken)
    {
        var target = await UploadFrames.ReadAsync(body, AdminJson.Default.UploadTarget, cancellationToken)
            ?? throw new InvalidDataException("The upload is empty.");
        var messages = new List<MessageToAppend>();
        var sums = new MemoryStream();
        try
        {
            var refusal = await ReadAllAsync(body, messages, sums, ports, cancellationToken);
            if (refusal is null) return await CommitAsync(target.Mailbox, messages, sums.ToArray(), ports, cancellationToken);
            await body.CopyToAsync(Stream.Null, cancellationToken); // who sends hears the answer when all is sent
            return refusal;
        }
        finally
        {
            foreach (var message in messages) await message.Content.DisposeAsync();
        }
    }

    // Null when all of it can be committed.
    private static async ValueTask<AdminReply<TakenMail>?> ReadAllAsync(
        Stream body, List<MessageToAppend> messages, MemoryStream sums, AdminPorts ports, CancellationToken cancellationToken)
    {
        var limit = BeginImport.LimitOf(ports);
        long bytes = 0;
        while (await UploadFrames.ReadAsync(body, AdminJson.Default.UploadedMail, cancellationToken) is { } mail)
        {
            bytes += mail.Size;
            if (FindFault(mail, limit) is { } fault) return fault;
            if (messages.Count == MaxMessages || (messages.Count > 0 && bytes > MaxBytes)) return AdminFault.Invalid("The upload is too large.");
            var content = ports.Delivery.BeginContent();
            messages.Add(new MessageToAppend(content, mail.InternalDate, mail.Flags, mail.Keywords));
            var (outcome, isWhole) = await ReadAsync(body, mail, content, cancellationToken);
            if (outcome != StoreOutcome.Done || !isWhole) return new TakenMail(outcome, IsChanged: !isWhole);
            sums.Write(MailSum.Begin(mail.Sha256));
        }

        if (messages.Count == 0) return AdminFault.Invalid("The upload has no messages.");
        return null;
    }

    private static AdminFault? FindFault(UploadedMail mail, long limit)
    {
        if (mail.Size < 1 || mail.Size > limit) return AdminFault.Invalid($"A message has 1 to {limit} bytes, not {mail.Size}.");
        if (mail.Sha256.Length != SHA256.HashSizeInBytes) return AdminFault.Invalid("A message has no SHA-256.");
        return mail.Keywords.Count > MailKeyword.MaxOfMessage || !mail.Keywords.All(MailKeyword.IsValid)
            ? AdminFault.Invalid("A message has keywords that are none.")
            : null;
    }

    private static async ValueTask<(StoreOutcome Outcome, bool IsWhole)> ReadAsync(Stream body, UploadedMail mail, IContentWriter content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (var left = mail.Size; left > 0;)
            {
                var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, Piece)), cancellationToken);
                if (read == 0) throw new InvalidDataException("The upload ends within a message.");
                var piece = buffer.AsSpan(0, read);
                if (piece.Contains((byte)0)) return (StoreOutcome.Done, IsWhole: false); // who sent it had seen that there is none
                hash.AppendData(piece);
                content.Write(piece);
                left -= read;
                if (await content.FlushAsync(cancellationToken) is var outcome and not StoreOutcome.Done) return (outcome, IsWhole: true);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return (StoreOutcome.Done, IsWhole: hash.GetCurrentHash().AsSpan().SequenceEqual(mail.Sha256));
    }

    private static async ValueTask<AdminReply<TakenMail>> CommitAsync(
        long mailbox, List<MessageToAppend> messages, byte[] sums, AdminPorts ports, CancellationToken cancellationToken)
    {
        var appended = await ports.Delivery.AppendAsync(new MailboxId(mailbox), messages, replaced: null, cancellationToken);
        if (!appended.IsDone) return new TakenMail(appended.Outcome, IsChanged: false);

        // Between the two steps the mailbox itself remembers. Without room for the record, what its owner deletes may come again.
        var record = ImportRecord.Of(mailbox, appended.Value.Messages[0].Uid.Value, sums, TimeProvider.System.GetUtcNow());
        await ports.Records.PutAsync([record], cancellationToken);
        return new TakenMail(StoreOutcome.Done, IsChanged: false);
    }
}
