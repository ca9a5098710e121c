using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Logs in with the name of USER (RFC 1939 §7).</summary>
// "PASS" SP string CRLF ; spaces belong to the password
internal sealed class PassCommand : IPop3Command
{
    public async ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (session.UserName is not { } user) return Pop3Responses.UserFirst;
        if (session.Room.Authenticator is not { } authenticator) return Pop3Responses.NoLoginHere;
        session.UserName = null; // RFC 1939 §7: PASS only follows a USER at once
        var step = await authenticator.VerifyPasswordAsync(
            user, argument, session.Wire.Tls, session.Wire.RemoteAddress, cancellationToken);
        return await LoginConclusion.ConcludeAsync(session, step, cancellationToken);
    }
}
