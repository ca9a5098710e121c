using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Goes over to TLS (RFC 2595 §4).</summary>
// "STLS" CRLF
internal sealed class StlsCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (session.Wire.Tls.IsEncrypted) return new(Pop3Responses.AlreadyTls);
        if (!session.Wire.Tls.CanUpgrade) return new(Pop3Responses.NoTlsHere);
        if (!session.HasBufferedInput) return new(Pop3Responses.BeginTls);

        // Somebody may have put them there for us to run as if the client had said them in TLS (CVE-2011-0411).
        Pop3Log.InjectedBytes(session.Room.Log, session.Id, session.Wire.RemoteAddress);
        return new(Pop3Responses.BytesBehindStls);
    }
}
