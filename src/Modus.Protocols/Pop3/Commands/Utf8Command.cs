using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Switches to UTF-8 mode (RFC 6856 §2.1).</summary>
// "UTF8" CRLF
internal sealed class Utf8Command : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        session.EnterUtf8Mode();
        return new(Pop3Responses.Utf8Mode);
    }
}
