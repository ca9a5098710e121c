using System.Text;
using Modus.Protocols.Smtp.Parser;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Names a recipient (RFC 5321 §4.1.1.3).</summary>
// "RCPT TO:" Forward-path [SP Rcpt-parameters] CRLF
internal sealed class RcptCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        var transaction = session.Transaction!;
        if (!RcptArguments.TryParse(argument, out var recipient, out var fault)) return fault;
        if (transaction.Recipients.Count >= session.Room.Limits.MaxRecipients) return SmtpReplies.TooManyRecipients;
        if (!Ascii.IsValid(argument) && !transaction.Mail.SmtpUtf8) return SmtpReplies.Utf8Needed;

        var query = new EnvelopeQuery(session.Peer, transaction.Mail.ReversePath, transaction.Mail.Size);
        var refusal = await session.Room.EnvelopeCheck.CheckRecipientAsync(
            query, recipient.Path, CancellationToken.None);
        if (refusal is not null) return session.Tolerance.OnRefusedRecipient() ? refusal : SmtpReplies.TooManyFaults;

        transaction.Recipients.Add(recipient);
        return SmtpReplies.RecipientOk;
    }
}
