using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Parser;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Opens a transaction (RFC 5321 §4.1.1.2).</summary>
// "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF
internal sealed class MailCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        if (session.Transactions >= session.Room.Limits.MaxTransactions) return SmtpReplies.TooManyTransactions;
        if (!MailArguments.TryParse(argument, out var mail, out var fault)) return fault;
        if (mail.Tls == TlsDemand.Required && !session.Wire.Tls.IsEncrypted) return SmtpReplies.RequireTlsInClear;
        // Anybody's priority would be everybody's: only who logged in has one.
        if (mail.Priority is not null && session.Profile != SmtpProfile.Submission) return SmtpReplies.UnknownParameter("MT-PRIORITY");
        if (mail.Size > session.Room.Limits.MaxMessageSize) return SmtpReplies.MessageTooBig;

        var query = new EnvelopeQuery(session.Peer, mail.ReversePath, mail.Size);
        var refusal = await session.Room.EnvelopeCheck.CheckSenderAsync(query, CancellationToken.None);
        if (refusal is not null) return refusal;

        if (!session.Wire.Tls.IsEncrypted) session.Wire.Tls.OnClearMail();
        session.OpenTransaction(mail);
        return SmtpReplies.SenderOk;
    }
}
