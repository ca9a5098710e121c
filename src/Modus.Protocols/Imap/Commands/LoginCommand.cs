using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Logs in with a name and a password (RFC 9051 §6.2.3).</summary>
// login = "LOGIN" SP userid SP password
internal sealed class LoginCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session.Arguments, out var user, out var password, out var fault)) return fault;
        try
        {
            if (!session.Wire.Tls.IsEncrypted) return LoginConclusion.PrivacyRequired;
            if (session.Guard.Fault is { } refusal) return LoginConclusion.PeerRefused(session, refusal);
            if (session.Room.Authenticator is not { } authenticator) return ImapResult.No("Nobody can log in here.", "UNAVAILABLE");
            var step = await authenticator.VerifyPasswordAsync(user, password, session.Wire.Tls, session.Wire.RemoteAddress, cancellationToken);
            return await LoginConclusion.ConcludeAsync(session, step, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private static bool TryParse(ImapParser parser, out string user, out byte[] password, out ImapResult fault)
    {
        user = "";
        password = [];
        fault = ImapResult.Bad("A name is UTF-8.");
        if (!parser.TakeAstring(out var name) || !parser.TakeSpace() || !parser.TakeAstring(out password) || !parser.TakeEnd())
        {
            fault = ImapSession.SyntaxFault(parser);
            CryptographicOperations.ZeroMemory(password);
            return false;
        }

        if (!Utf8.IsValid(name)) return false;
        user = Encoding.UTF8.GetString(name);
        return true;
    }
}
