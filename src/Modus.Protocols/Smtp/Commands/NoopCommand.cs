using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Does nothing (RFC 5321 §4.1.1.9).</summary>
// "NOOP" [ SP String ] CRLF
internal sealed class NoopCommand : ISmtpCommand
{
    public ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument) => new(SmtpReplies.Ok);
}
