using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Ends the session; an open transaction is forgotten (RFC 5321 §4.1.1.10).</summary>
// "QUIT" CRLF
internal sealed class QuitCommand : ISmtpCommand
{
    public ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument) => new(SmtpReplies.Bye);
}
