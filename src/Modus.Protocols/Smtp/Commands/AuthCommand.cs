using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp.Commands;

/// <summary>Logs in by SASL (RFC 4954 §4), only on submission and only in TLS.</summary>
// "AUTH" SP sasl-mech [SP initial-response] *(CRLF [base64]) [CRLF cancel-response] CRLF
internal sealed class AuthCommand : ISmtpCommand
{
    public async ValueTask<SmtpReply> ExecuteAsync(SmtpSession session, string argument)
    {
        if (session.Profile != SmtpProfile.Submission || session.Room.Authenticator is not { } authenticator)
            return SmtpReplies.NoAuthHere;
        if (!session.Wire.Tls.IsEncrypted) return SmtpReplies.EncryptionForAuth;
        if (session.Identity is not null) return SmtpReplies.AlreadyAuthenticated;
        if (argument.Length == 0) return SmtpReplies.AuthNeedsMechanism;

        using var exchange = authenticator.Begin(argument, session.Wire.Tls, session.Wire.RemoteAddress);
        if (exchange is null) return SmtpReplies.BadMechanism;

        // Not a plain conversion: a null array would become an empty response instead of none.
        var initial = session.InitialResponse is { } response ? response : (ReadOnlyMemory<byte>?)null;
        var step = await exchange.NextLineAsync(initial, CancellationToken.None);
        while (step.Status == SaslStatus.Continue)
        {
            var challenge = new SmtpReply(334, default, Encoding.ASCII.GetString(SaslBase64.Encode(step.Challenge.Span)));
            var (answer, refusal) = await session.AskAsync(challenge);
            if (answer is null) return refusal!;
            try
            {
                step = await exchange.NextLineAsync(answer, CancellationToken.None);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(answer);
            }
        }

        return Conclude(session, step);
    }

    private static SmtpReply Conclude(SmtpSession session, SaslStep step)
    {
        session.Room.Metrics.OnLogin(step.Status == SaslStatus.Succeeded);
        switch (step.Status)
        {
            case SaslStatus.Succeeded:
                session.LoggedIn(step.Identity!);
                return SmtpReplies.Authenticated;
            case SaslStatus.BadCredentials:
                return session.Tolerance.OnFailedLogin() ? SmtpReplies.BadCredentials : SmtpReplies.TooManyFaults;
            case SaslStatus.TemporaryFault:
                return SmtpReplies.AuthTemporary;
            case SaslStatus.Cancelled:
                return SmtpReplies.AuthCancelled;
            default:
                return SmtpReplies.AuthMalformed;
        }
    }
}
