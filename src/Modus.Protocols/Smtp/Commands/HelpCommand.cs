using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Lists the commands (RFC 5321 §4.1.1.8).</summary>
// "HELP" [ SP String ] CRLF
internal sealed class HelpCommand : ISmtpCommand
{
    public ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument) => new(SmtpReplies.Help);
}
