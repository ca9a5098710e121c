using System.Security.Cryptography;
using Modus.Storage;

namespace Modus.Protocols.Sasl.Passwords;

/// <summary>
/// Checks passwords against verifiers on the thread pool, a bounded number at a time with a bounded number waiting, so that a
/// flood of logins leaves processors for everything else. Thread-safe.
/// </summary>
internal sealed class HashGate(SaslOptions options) : IDisposable
{
    private readonly SemaphoreSlim _running = new(options.ConcurrentHashes);
    private int _inside;

    public int Inside => Volatile.Read(ref _inside);

    /// <param name="password">The password after SASLprep; must stay as it is until the check is over.</param>
    /// <param name="verifier">What it is checked with.</param>
    /// <param name="isStillWelcome">Asked when the wait is over; false saves the hash.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it is the right password; null when too many wait already or it is no longer welcome.</returns>
    public async ValueTask<bool?> IsMatchAsync(
        ReadOnlyMemory<byte> password, ScramVerifier verifier, Func<bool> isStillWelcome, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _inside) > options.ConcurrentHashes + options.WaitingHashes)
        {
            Interlocked.Decrement(ref _inside);
            return null;
        }

        try
        {
            await _running.WaitAsync(cancellationToken);
            try
            {
                if (!isStillWelcome()) return null;
                // The pool's thread is awaited to its end: the password is wiped when this returns.
                return await Task.Run(() => IsMatch(password.Span, verifier), CancellationToken.None);
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    public void Dispose() => _running.Dispose();

    private static bool IsMatch(ReadOnlySpan<byte> password, ScramVerifier verifier)
    {
        Span<byte> storedKey = stackalloc byte[ScramKeys.Length];
        Span<byte> serverKey = stackalloc byte[ScramKeys.Length];
        ScramKeys.Derive(password, verifier.Salt.Span, verifier.Iterations, storedKey, serverKey);
        var isMatch = CryptographicOperations.FixedTimeEquals(storedKey, verifier.StoredKey.Span);
        CryptographicOperations.ZeroMemory(storedKey);
        CryptographicOperations.ZeroMemory(serverKey);
        return isMatch;
    }
}
