namespace Modus.Protocols.Pop3.Responses;

/// <summary>The lines of a multi-line response, written as they are made. The session disposes it.</summary>
internal interface IPop3Body : IAsyncDisposable
{
    /// <summary>Writes the lines, dot-stuffed, each with its CRLF, without the final dot.</summary>
    /// <returns>False when the client is gone.</returns>
    ValueTask<bool> WriteAsync(Pop3Output output, CancellationToken cancellationToken);
}
