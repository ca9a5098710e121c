using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Reception;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Takes the message, up to CRLF.CRLF (RFC 5321 §4.1.1.4).</summary>
// "DATA" CRLF
internal sealed class DataCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        var transaction = session.Transaction!;
        if (transaction.Mail.Body == BodyType.BinaryMime) return SmtpReplies.BinaryNeedsChunks; // RFC 3030 §3
        if (transaction.Recipients.Count == 0) return SmtpReplies.NoRecipients;

        // What is pipelined behind DATA is content, so nothing is said and read before the store is ready for it.
        await using var reception = await MessageReception.BeginAsync(session, dotStuffed: true);
        if (!await session.SendAsync(SmtpReplies.StartData)) return SmtpSession.NothingToSay;
        if (await reception.ReadToEndOfDataAsync() is { } failure) return failure;

        var reply = await reception.ConcludeAsync();
        await session.ForgetTransactionAsync();
        return reply;
    }
}
