using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Pop3.Responses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Logs in by SASL (RFC 5034 §4).</summary>
// "AUTH" SP mechanism [SP initial-response] *(CRLF [base64]) [CRLF "*"] CRLF
internal sealed class AuthCommand : IPop3Command
{
    public async ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (argument.IsEmpty) return Pop3Responses.NeedsMechanism;
        if (session.Room.Authenticator is not { } authenticator) return Pop3Responses.NoLoginHere;

        var space = argument.Span.IndexOf((byte)' ');
        var mechanism = Encoding.ASCII.GetString(space < 0 ? argument.Span : argument.Span[..space]);
        using var exchange = authenticator.Begin(mechanism, session.Wire.Tls, session.Wire.RemoteAddress);
        if (exchange is null) return Pop3Responses.BadMechanism;

        var initial = space < 0 ? (ReadOnlyMemory<byte>?)null : argument[(space + 1)..];
        var step = await exchange.NextLineAsync(initial, cancellationToken);
        while (step.Status == SaslStatus.Continue)
        {
            var (status, answer) = await session.AskAsync(step.Challenge);
            if (status == LineStatus.TooLong) return Pop3Responses.LineTooLong;
            if (status != LineStatus.Line) return session.ToResponse(status);
            try
            {
                step = await exchange.NextLineAsync(answer, cancellationToken);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(answer);
            }
        }

        return await LoginConclusion.ConcludeAsync(session, step, cancellationToken);
    }
}
