using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl.Passwords;
using Modus.Storage;

namespace Modus.Protocols.Sasl;

/// <summary>Makes the verifier of a new password. Thread-safe; takes about 15 ms of one core.</summary>
public static class ScramVerifierFactory
{
    /// <summary>
    /// PBKDF2 rounds of a new verifier: 65,536. RFC 7677 §4 asks for 4,096 or more. It is the most that Cyrus SASL takes as a
    /// client ("iteration-count is too big, refusing to compute"), and with it mbsync, mutt and others that choose SCRAM by
    /// themselves. A client pays it at every login, in an interpreter several times what it costs here.
    /// </summary>
    public const int DefaultIterations = 65_536;

    /// <summary>The length of a new salt, in bytes.</summary>
    public const int SaltLength = 16;

    /// <summary>Makes a verifier with a random salt.</summary>
    /// <param name="password">The password as typed; SASLprep (RFC 4013) is applied to it.</param>
    /// <param name="verifier">The verifier.</param>
    /// <param name="iterations">PBKDF2 rounds, 4,096 or more.</param>
    /// <returns>False when the password is empty or has characters that no client could send, such as control characters.</returns>
    public static bool TryCreate(
        ReadOnlySpan<char> password, [NotNullWhen(true)] out ScramVerifier? verifier, int iterations = DefaultIterations)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(iterations, 4096);
        verifier = null;
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(password.Length)];
        var length = Encoding.UTF8.GetBytes(password, utf8);
        byte[]? prepared = null;
        try
        {
            if (!SaslPrep.TryPrepare(utf8.AsSpan(0, length), out prepared)) return false;
            verifier = Derive(prepared, RandomNumberGenerator.GetBytes(SaltLength), iterations);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
            CryptographicOperations.ZeroMemory(prepared);
        }
    }

    internal static ScramVerifier Derive(ReadOnlySpan<byte> prepared, byte[] salt, int iterations)
    {
        var storedKey = new byte[ScramKeys.Length];
        var serverKey = new byte[ScramKeys.Length];
        ScramKeys.Derive(prepared, salt, iterations, storedKey, serverKey);
        return new ScramVerifier(salt, iterations, storedKey, serverKey);
    }
}
