using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Pop3.Responses;
using Modus.Protocols.Sasl;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>The end that PASS and AUTH share: who is let in gets the maildrop, locked.</summary>
internal static class LoginConclusion
{
    public static async ValueTask<Pop3Response> ConcludeAsync(
        Pop3Session session, SaslStep step, CancellationToken cancellationToken)
    {
        session.Room.Metrics.OnLogin(step.Status == SaslStatus.Succeeded);
        var response = step is { Status: SaslStatus.Succeeded, Identity: { } identity }
            ? await OpenMaildropAsync(session, identity, cancellationToken)
            : Refuse(step.Status);
        return response.IsOk || session.OnFailedLogin() ? response : Pop3Responses.TooManyFailedLogins;
    }

    private static Pop3Response Refuse(SaslStatus status) => status switch
    {
        SaslStatus.BadCredentials => Pop3Responses.BadCredentials,
        SaslStatus.TemporaryFault => Pop3Responses.AuthTemporary,
        SaslStatus.Cancelled => Pop3Responses.AuthCancelled,
        _ => Pop3Responses.AuthMalformed,
    };

    private static async ValueTask<Pop3Response> OpenMaildropAsync(
        Pop3Session session, Identity identity, CancellationToken cancellationToken)
    {
        var (outcome, maildrop) = await session.Room.Maildrops.OpenAsync(identity.Account, cancellationToken);
        if (maildrop is null)
        {
            Pop3Log.MaildropNotOpened(session.Room.Log, session.Id, identity.Address, outcome);
            return outcome == MaildropOutcome.InUse ? Pop3Responses.InUse : Pop3Responses.NoMaildrop;
        }

        session.EnterTransaction(identity, maildrop);
        Pop3Log.MaildropOpened(session.Room.Log, session.Id, identity.Address, maildrop.Count, maildrop.Size);
        return Pop3Responses.Maildrop(maildrop.Count, maildrop.Size);
    }
}
