using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Sends the header, the empty line behind it, and the first lines of the body (RFC 1939 §7).</summary>
// "TOP" SP msg SP n CRLF
internal sealed class TopCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        return Pop3Arguments.TryReadTwoNumbers(argument.Span, out var number, out var lines)
            ? MessageRetrieval.RetrieveAsync(session, number, lines, cancellationToken)
            : new(Pop3Responses.NeedsNumberAndLines);
    }
}
