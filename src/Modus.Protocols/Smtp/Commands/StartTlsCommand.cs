using Modus.Protocols.Smtp.Responses;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Goes over to TLS (RFC 3207 §4). Whatever was said in clear is forgotten.</summary>
// "STARTTLS" CRLF
internal sealed class StartTlsCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        var tls = session.Wire.Tls;
        if (tls.IsEncrypted) return SmtpReplies.AlreadyTls;
        if (tls.Mode != TlsMode.OnDemand) return SmtpReplies.NoTlsHere;
        if (!tls.CanUpgrade) return SmtpReplies.TlsUnavailable;

        // What stands behind STARTTLS came in clear from anybody; it must never be taken for what TLS brings (CVE-2011-0411).
        if (session.HasBufferedInput)
        {
            SmtpLog.InjectedBytes(session.Room.Log, session.Id, session.Wire.RemoteAddress);
            session.End("bytes behind STARTTLS");
            return SmtpReplies.BytesBehindStartTls;
        }

        if (!await session.SendAsync(SmtpReplies.ReadyForTls)) return SmtpReplies.ReadyForTls;
        if (await tls.UpgradeAsync(session.Wire.Connection.ConnectionClosed) == TlsUpgradeOutcome.Upgraded)
            session.ForgetEverything();
        else
            session.End("TLS handshake failed");
        return SmtpSession.NothingToSay;
    }
}
