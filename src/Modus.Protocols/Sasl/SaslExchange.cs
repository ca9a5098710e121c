using System.Security.Cryptography;

namespace Modus.Protocols.Sasl;

/// <summary>
/// One authentication exchange (RFC 4422 §3): made by <see cref="SaslAuthenticator.Begin"/> for one AUTH or AUTHENTICATE
/// command, disposed after it, which wipes its secrets. Not thread-safe. Nothing that a client sends makes it throw.
/// </summary>
public abstract class SaslExchange : IDisposable
{
    private bool _started;
    private Identity? _admitted; // the server's last data is out, the client's empty answer not yet in

    private protected SaslExchange()
    {
    }

    /// <summary>Takes the client's next response, out of its base64.</summary>
    /// <param name="response">The response; null only in the first step, when the command had no initial response.</param>
    /// <param name="cancellationToken">Ends the step; throws <see cref="OperationCanceledException"/>.</param>
    public abstract ValueTask<SaslStep> NextAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the client's next response as it stands on the line: base64, <c>=</c> for an empty initial response, <c>*</c>
    /// to give up (RFC 4954 §4, RFC 5034 §4, RFC 9051 §6.2.2). Wipes what it decoded; <paramref name="line"/> is the
    /// caller's to wipe.
    /// </summary>
    /// <param name="line">The line without its line end; null only in the first step, when there was no initial response.</param>
    /// <param name="cancellationToken">Ends the step; throws <see cref="OperationCanceledException"/>.</param>
    /// <returns>A step that is never <see cref="SaslStatus.SucceededWithData"/>.</returns>
    public async ValueTask<SaslStep> NextLineAsync(ReadOnlyMemory<byte>? line, CancellationToken cancellationToken)
    {
        var isFirst = !_started;
        _started = true;
        if (line is not { } text)
            return isFirst ? await StepAsync(null, cancellationToken) : SaslStep.End(SaslStatus.Malformed);

        if (!isFirst && text.Span.SequenceEqual("*"u8)) return SaslStep.End(SaslStatus.Cancelled);
        if (isFirst && text.Span.SequenceEqual("="u8)) return await StepAsync(ReadOnlyMemory<byte>.Empty, cancellationToken);
        if (isFirst && text.IsEmpty) return SaslStep.End(SaslStatus.Malformed);
        if (!SaslBase64.TryDecode(text.Span, out var response)) return SaslStep.End(SaslStatus.Malformed);
        try
        {
            return await StepAsync(response, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(response);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Wipes the secrets of the mechanism.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private async ValueTask<SaslStep> StepAsync(ReadOnlyMemory<byte>? response, CancellationToken cancellationToken)
    {
        if (_admitted is { } identity)
            return response is { IsEmpty: true } ? SaslStep.Succeeded(identity) : SaslStep.End(SaslStatus.Malformed);

        var step = await NextAsync(response, cancellationToken);
        if (step.Status != SaslStatus.SucceededWithData) return step;
        _admitted = step.Identity;
        return SaslStep.Continue(step.Challenge);
    }
}
