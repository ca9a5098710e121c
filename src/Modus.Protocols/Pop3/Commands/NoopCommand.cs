using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Does nothing (RFC 1939 §5).</summary>
// "NOOP" CRLF
internal sealed class NoopCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        return new(Pop3Responses.Ok);
    }
}
