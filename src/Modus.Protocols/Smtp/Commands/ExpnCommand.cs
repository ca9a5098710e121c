using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Tells nobody what is behind a list (RFC 5321 §7.3).</summary>
// "EXPN" SP String CRLF
internal sealed class ExpnCommand : ISmtpCommand
{
    public ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument) => new(SmtpReplies.NotImplemented);
}
