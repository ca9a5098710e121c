using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Forgets the open transaction (RFC 5321 §4.1.1.5).</summary>
// "RSET" CRLF
internal sealed class RsetCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        await session.ForgetTransactionAsync();
        return SmtpReplies.Ok;
    }
}
