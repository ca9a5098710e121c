using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Sasl;

namespace Modus.Protocols.Imap.Commands;

/// <summary>The end that LOGIN and AUTHENTICATE share.</summary>
internal static class LoginConclusion
{
    public static ImapResult PrivacyRequired { get; } = ImapResult.No("Passwords are taken in TLS only.", "PRIVACYREQUIRED"); // RFC 5530 §3

    public static async ValueTask<ImapResult> ConcludeAsync(ImapSession session, SaslStep step, CancellationToken cancellationToken)
    {
        session.Room.Metrics.OnLogin(step.Status == SaslStatus.Succeeded);
        if (step is { Status: SaslStatus.Succeeded, Identity: { } identity })
        {
            await session.State.LogInAsync(identity, cancellationToken);
            return ImapResult.Ok("You are in.", $"CAPABILITY {session.State.Capabilities}");
        }

        if (session.OnFailedLogin()) return Refuse(step.Status);
        session.Output.WriteLine("* BYE Too many failed logins.");
        return Refuse(step.Status) with { Next = ImapNext.Close };
    }

    /// <summary>For a rule that came while the session was open.</summary>
    public static ImapResult PeerRefused(ImapSession session, string fault)
    {
        session.Output.WriteLine("* BYE [CONTACTADMIN] Refused by the peer policy.");
        return ImapResult.No($"Refused: {fault}.", "CONTACTADMIN") with { Next = ImapNext.Close };
    }

    private static ImapResult Refuse(SaslStatus status) => status switch
    {
        SaslStatus.BadCredentials => ImapResult.No("Wrong name or password.", "AUTHENTICATIONFAILED"),
        SaslStatus.TemporaryFault => ImapResult.No("Logins are refused for the moment; try later.", "UNAVAILABLE"),
        SaslStatus.Cancelled => ImapResult.Bad("Given up.", null),
        _ => ImapResult.Bad("That is no answer of this mechanism."),
    };
}
