using System.Globalization;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Reception;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Takes a chunk of the message, counted instead of dot-stuffed (RFC 3030 §2).</summary>
// "BDAT" SP chunk-size [ SP "LAST" ] CRLF, then chunk-size octets
internal sealed class BdatCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        if (!TryParse(argument, out var size, out var isLast))
        {
            // How many octets follow is not known, so what comes next cannot be told from commands.
            session.End("BDAT without a size");
            return SmtpReplies.BadChunkSyntax;
        }

        // What is refused is read over all the same (RFC 3030 §2), but not without an end.
        if (size / MessageReception.MaxOversize > session.Room.Limits.MaxMessageSize)
        {
            session.End("a chunk much larger than any message");
            return SmtpReplies.MessageTooBig;
        }

        // A client may wait for the replies to MAIL and RCPT before it sends the octets (RFC 2920 §3.2).
        if (!await session.FlushAsync()) return session.Lost();

        var transaction = session.Transaction;
        var refusal = session.PeerRefusal is { } peerRefusal ? peerRefusal
            : transaction is null ? SmtpReplies.NeedMail
            : transaction.Recipients.Count == 0 ? SmtpReplies.NoRecipients
            : null;
        if (refusal is not null) return await MessageReception.SkipAsync(session, size) ?? refusal;

        var reception = transaction!.Chunks ??= await MessageReception.BeginAsync(
            session, dotStuffed: false, binary: transaction.Mail.Body == BodyType.BinaryMime);
        if (await reception.ReadChunkAsync(size) is { } failure) return failure;
        if (reception.Refusal is null && !isLast) return SmtpReplies.ChunkTaken(size);

        // A refused chunk ends the transaction: the client may have pipelined more, which are then read over (§2).
        var reply = reception.Refusal ?? await reception.ConcludeAsync();
        await session.ForgetTransactionAsync();
        return reply;
    }

    private static bool TryParse(string argument, out long size, out bool isLast)
    {
        var space = argument.IndexOf(' ', StringComparison.Ordinal);
        isLast = space >= 0 && argument[(space + 1)..].Trim().Equals("LAST", StringComparison.OrdinalIgnoreCase);
        var digits = space < 0 ? argument : argument[..space];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size) && (space < 0 || isLast);
    }
}
