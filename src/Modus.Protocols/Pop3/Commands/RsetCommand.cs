using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>Takes back all deletions (RFC 1939 §5).</summary>
// "RSET" CRLF
internal sealed class RsetCommand : IPop3Command
{
    public ValueTask<Pop3Response> ExecuteAsync(
        Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var maildrop = session.Maildrop!;
        maildrop.UnmarkAll();
        return new(Pop3Responses.Maildrop(maildrop.Count, maildrop.Size));
    }
}
