using System.Security.Cryptography;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Sasl;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Logs in by SASL (RFC 9051 §6.2.2), with an initial response (RFC 4959).</summary>
// authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp] *(CRLF base64)
internal sealed class AuthenticateCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session.Arguments, out var mechanism, out var initial, out var fault)) return fault;
        if (!session.Wire.Tls.IsEncrypted) return LoginConclusion.PrivacyRequired;
        if (session.Guard.Fault is { } refusal) return LoginConclusion.PeerRefused(session, refusal);
        if (session.Room.Authenticator is not { } authenticator) return ImapResult.No("Nobody can log in here.", "UNAVAILABLE");
        if (initial is not null && !session.State.Has(ImapCapability.SaslIr)) return ImapResult.Bad("An initial response is not taken here.");
        using var exchange = session.State.Offers(mechanism) ? authenticator.Begin(mechanism, session.Wire.Tls, session.Wire.RemoteAddress) : null;
        if (exchange is null) return ImapResult.No("That mechanism is not offered.", "CANNOT");

        var step = await StepAsync(exchange, initial, cancellationToken);
        while (step.Status == SaslStatus.Continue)
        {
            session.Output.Write("+ "u8);
            session.Output.Write(SaslBase64.Encode(step.Challenge.Span));
            session.Output.Write("\r\n"u8);
            if (!await session.Output.FlushAsync()) return Lost(session, LineStatus.Closed);
            var (status, answer) = await session.Reader.ReadPlainAsync(SaslBase64.MaxLine, session.SilenceAllowed);
            if (status == LineStatus.TooLong) return ImapResult.Bad("That line is too long.", "TOOBIG");
            if (status != LineStatus.Line) return Lost(session, status);
            step = await StepAsync(exchange, answer, cancellationToken);
        }

        return await LoginConclusion.ConcludeAsync(session, step, cancellationToken);
    }

    private static async ValueTask<SaslStep> StepAsync(SaslExchange exchange, byte[]? answer, CancellationToken cancellationToken)
    {
        try
        {
            // Not by itself: null would become an empty answer, which is another thing than none.
            return await exchange.NextLineAsync(answer is null ? (ReadOnlyMemory<byte>?)null : answer, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(answer);
        }
    }

    private static ImapResult Lost(ImapSession session, LineStatus status)
    {
        session.EndBy(status);
        return ImapResult.No("Not finished.");
    }

    private static bool TryParse(ImapParser parser, out string mechanism, out byte[]? initial, out ImapResult fault)
    {
        initial = null;
        if (parser.TakeKeyword(out mechanism) && (parser.IsAtEnd || (parser.TakeSpace() && parser.TakeAstring(out initial) && parser.TakeEnd())))
        {
            fault = ImapResult.Ok();
            return true;
        }

        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
