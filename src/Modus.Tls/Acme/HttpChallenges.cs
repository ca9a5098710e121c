using System.Collections.Concurrent;

namespace Modus.Tls;

/// <summary>What a listener on port 80 answers an authority (RFC 8555 §8.3). Holds what is being proven at this moment. Thread-safe.</summary>
public sealed class HttpChallenges : IAcmeResponder
{
    /// <summary>The folder in which authorities ask for tokens.</summary>
    public const string Folder = "/.well-known/acme-challenge/";

    private readonly ConcurrentDictionary<string, string> _visible = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public AcmeChallenge Challenge => AcmeChallenge.Http01;

    /// <summary>What to answer at a path; null when there is nothing.</summary>
    public string? Find(string? path) =>
        path?.StartsWith(Folder, StringComparison.Ordinal) == true ? _visible.GetValueOrDefault(path[Folder.Length..]) : null;

    /// <inheritdoc />
    public ValueTask<AcmeFault?> PublishAsync(AcmeProof proof, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        _visible[proof.Token] = proof.KeyAuthorization;
        return default;
    }

    /// <inheritdoc />
    public ValueTask WithdrawAsync(AcmeProof proof, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        _visible.TryRemove(new(proof.Token, proof.KeyAuthorization));
        return default;
    }
}
