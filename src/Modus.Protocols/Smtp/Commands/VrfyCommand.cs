using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Tells nobody who is here (RFC 5321 §3.5.3, §7.3).</summary>
// "VRFY" SP String CRLF
internal sealed class VrfyCommand : ISmtpCommand
{
    public ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument) => new(SmtpReplies.CannotVerify);
}
