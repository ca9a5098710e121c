using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Sends a message (RFC 1939 §5). Flags stay as they are: what a POP3 client fetches, nobody need have read.</summary>
// "RETR" SP msg CRLF
internal sealed class RetrCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        return Pop3Arguments.TryReadNumber(argument.Span, out var number)
            ? MessageRetrieval.RetrieveAsync(session, number, bodyLines: null, cancellationToken)
            : new(Pop3Responses.NeedsNumber);
    }
}
