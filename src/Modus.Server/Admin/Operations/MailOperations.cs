using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>The mailboxes of an account, INBOX first.</summary>
internal sealed class ListMailboxes()
    : AdminOperation<AddressName, MailboxRow[]>("mail-mailboxes", AdminJson.Default.AddressName, AdminJson.Default.AdminReplyMailboxRowArray)
{
    public override async ValueTask<AdminReply<MailboxRow[]>> RunAsync(AddressName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        if (await ports.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return AdminFault.NotFound($"There is no account {address}. `modus account list` shows those that there are.");
        var mailboxes = await ports.Mail.ListMailboxesAsync(account.Id, cancellationToken);
        return mailboxes.Select(static box => new MailboxRow(
            box.Id.Value, box.Name.Value, box.UidValidity.Value, box.Messages, box.SpecialUse, box.Subscribed)).ToArray();
    }
}

/// <summary>The next messages of a mailbox, at most <see cref="Page"/> of them.</summary>
internal sealed class ListMail()
    : AdminOperation<MailQuery, MailRow[]>("mail-list", AdminJson.Default.MailQuery, AdminJson.Default.AdminReplyMailRowArray)
{
    /// <summary>Rows of a reply: with keywords still well below a megabyte.</summary>
    public const int Page = 500;

    public override bool IsStep => true;

    public override async ValueTask<AdminReply<MailRow[]>> RunAsync(MailQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (request.After == uint.MaxValue) return Array.Empty<MailRow>();
        var rows = await ports.Mail.ReadMessagesAsync(
            new MailboxId(request.Mailbox), UidRange.After(new Uid(request.After)), default, Page, cancellationToken);
        var answers = new MailRow[rows.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var row = rows[i];
            var summary = row.Size > ReadContent.MaxBytes ? await ports.Mail.ReadSummaryAsync(row.Email, cancellationToken) : null;
            answers[i] = new MailRow(
                row.Uid.Value, row.Content.Value, row.Size, row.Flags, row.Keywords, row.InternalDate, summary?.Sha256.ToArray());
        }

        return answers;
    }
}

/// <summary>Pieces of stored content, in the order in which they were asked for.</summary>
internal sealed class ReadContent()
    : AdminOperation<ContentQuery, ContentBytes[]>("mail-content", AdminJson.Default.ContentQuery, AdminJson.Default.AdminReplyContentBytesArray)
{
    /// <summary>Bytes of a reply: bounds what server and command hold of a message in memory.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Pieces of a reply.</summary>
    public const int MaxPieces = ListMail.Page;

    public override bool IsStep => true;

    public override async ValueTask<AdminReply<ContentBytes[]>> RunAsync(ContentQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (request.Pieces.Count > MaxPieces
            || request.Pieces.Any(static piece => piece.Offset < 0 || piece.Length is < 0 or > MaxBytes)
            || request.Pieces.Sum(static piece => (long)piece.Length) > MaxBytes)
            return AdminFault.Invalid($"Ask for at most {MaxPieces} pieces and {MaxBytes} bytes at once.");
        var answers = new ContentBytes[request.Pieces.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = await TryReadAsync(request.Pieces[i], ports.Mail, cancellationToken);
        return answers;
    }

    private static async ValueTask<ContentBytes> TryReadAsync(ContentPiece piece, IMailStore mail, CancellationToken cancellationToken)
    {
        try
        {
            return new ContentBytes(await ReadAsync(piece, mail, cancellationToken), IsDamaged: false);
        }
        catch (InvalidDataException)
        {
            return new ContentBytes(null, IsDamaged: true);
        }
    }

    private static async ValueTask<byte[]?> ReadAsync(ContentPiece piece, IMailStore mail, CancellationToken cancellationToken)
    {
        await using var reader = await mail.OpenContentAsync(new ContentId(piece.Content), cancellationToken);
        if (reader is null) return null;
        var bytes = new byte[Math.Clamp(reader.Length - piece.Offset, 0, piece.Length)];
        for (var done = 0; done < bytes.Length;)
        {
            var read = await reader.ReadAsync(piece.Offset + done, bytes.AsMemory(done), cancellationToken);
            if (read == 0) return bytes[..done];
            done += read;
        }

        return bytes;
    }
}
