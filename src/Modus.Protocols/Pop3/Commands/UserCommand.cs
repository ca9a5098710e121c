using System.Text;
using System.Text.Unicode;
using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Names the account (RFC 1939 §7). Every name gets the same answer, known or not.</summary>
// "USER" SP name CRLF
internal sealed class UserCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        if (argument.IsEmpty) return new(Pop3Responses.NeedsName);
        if (!Utf8.IsValid(argument.Span)) return new(Pop3Responses.BadCharacters);
        session.UserName = Encoding.UTF8.GetString(argument.Span);
        return new(Pop3Responses.SayPassword);
    }
}
