using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Marks a message for deletion at QUIT (RFC 1939 §5).</summary>
// "DELE" SP msg CRLF
internal sealed class DeleCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (!Pop3Arguments.TryReadNumber(argument.Span, out var number)) return new(Pop3Responses.NeedsNumber);
        if (!session.Maildrop!.TryGet(number, out _)) return new(Pop3Responses.NoSuchMessage);
        session.Maildrop.MarkDeleted(number);
        return new(Pop3Responses.MarkedDeleted(number));
    }
}
