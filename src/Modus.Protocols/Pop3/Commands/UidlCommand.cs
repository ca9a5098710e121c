using Modus.Protocols.Pop3.Parser;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Tells the unique-id of one message or of all (RFC 1939 §7): UIDVALIDITY and UID, which never name another message.</summary>
// "UIDL" [SP msg] CRLF
internal sealed class UidlCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var maildrop = session.Maildrop!;
        if (argument.IsEmpty) return new(Pop3Responses.UniqueIds(new ListingBody(maildrop, uniqueIds: true)));
        if (!Pop3Arguments.TryReadNumber(argument.Span, out var number)) return new(Pop3Responses.NeedsNumber);
        return new(maildrop.TryGet(number, out var message)
            ? Pop3Responses.UniqueId(number, maildrop.UidValidity.Value, message.Uid.Value)
            : Pop3Responses.NoSuchMessage);
    }
}
