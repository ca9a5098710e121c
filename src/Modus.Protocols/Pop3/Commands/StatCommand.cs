using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Counts the maildrop (RFC 1939 §5).</summary>
// "STAT" CRLF
internal sealed class StatCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var maildrop = session.Maildrop!;
        return new(Pop3Responses.Stat(maildrop.Count, maildrop.Size));
    }
}
