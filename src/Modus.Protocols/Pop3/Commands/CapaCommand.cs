using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Lists what the server can do on this connection as it is now (RFC 2449 §5).</summary>
// "CAPA" CRLF
internal sealed class CapaCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        List<string> capabilities =
        [
            "TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER", "UTF8 USER", "IMPLEMENTATION Modus",
        ];
        if (session.Wire.Tls.CanUpgrade && session.Maildrop is null) capabilities.Add("STLS");

        // RFC 2449 §5: what is announced before login is announced after it as well.
        if (session.OfferedMechanisms is { Count: > 0 } mechanisms)
        {
            capabilities.Add("USER");
            capabilities.Add("SASL " + string.Join(" ", mechanisms));
        }

        return new(Pop3Responses.Capabilities(new CapabilityBody(capabilities)));
    }
}
