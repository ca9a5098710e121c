using System.Buffers;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>The hashes that the signatures of one message ask of its body, computed in one reading of it. Not thread-safe.</summary>
internal sealed class BodyHashes
{
    private const int PieceSize = 16 << 10;

    private readonly Dictionary<(Canonicalization How, long? Limit), BodyHash> _hashes = [];

    /// <summary>Asks for a hash; the same again costs nothing more.</summary>
    public void Add(Canonicalization how, long? limit) => _hashes.TryAdd((how, limit), default);

    /// <summary>A hash that was asked for; there after <see cref="ReadAsync"/>.</summary>
    public BodyHash this[Canonicalization how, long? limit] => _hashes[(how, limit)];

    /// <summary>Reads the body.</summary>
    /// <param name="message">The message, which can seek.</param>
    /// <param name="bodyOffset">Where its body begins.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask ReadAsync(Stream message, long bodyOffset, CancellationToken cancellationToken)
    {
        if (_hashes.Count == 0) return;
        var bodies = _hashes.Keys.Select(static key => new CanonicalBody(key.How, key.Limit)).ToList();
        var piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            message.Position = bodyOffset;
            while (await message.ReadAsync(piece, cancellationToken) is > 0 and var read)
                foreach (var body in bodies) body.Append(piece.AsSpan(0, read));
            foreach (var body in bodies)
            {
                var hash = body.Finish();
                _hashes[(body.How, body.Limit)] = new BodyHash(hash, body.Length);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
            foreach (var body in bodies) body.Dispose();
        }
    }
}

/// <summary>The hash of a body.</summary>
/// <param name="Hash">SHA-256 of the canonical body, up to the limit that was asked for.</param>
/// <param name="Length">The length of the whole canonical body.</param>
internal readonly record struct BodyHash(byte[] Hash, long Length);
