using Modus.Protocols.Pop3.Responses;

namespace Modus.Protocols.Pop3.Commands;

/// <summary>What one verb does. Stateless; it gives a response, and only the session writes.</summary>
internal interface IPop3Command
{
    /// <param name="session">The session, in a phase that the table allows.</param>
    /// <param name="argument">What stood behind the verb; wiped afterwards.</param>
    /// <param name="cancellationToken">Set when the connection is gone.</param>
    ValueTask<Pop3Response> ExecuteAsync(Pop3Session session, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken);
}
