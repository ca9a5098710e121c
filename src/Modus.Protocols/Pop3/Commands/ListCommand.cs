using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Tells the size of one message or of all (RFC 1939 §5).</summary>
// "LIST" [SP msg] CRLF
internal sealed class ListCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var maildrop = session.Maildrop!;
        if (argument.IsEmpty)
            return new(Pop3Responses.Listing(maildrop.Count, maildrop.Size, new ListingBody(maildrop, uniqueIds: false)));
        if (!Pop3Arguments.TryReadNumber(argument.Span, out var number)) return new(Pop3Responses.NeedsNumber);
        return new(maildrop.TryGet(number, out var message)
            ? Pop3Responses.ListingOne(number, message.Size)
            : Pop3Responses.NoSuchMessage);
    }
}
