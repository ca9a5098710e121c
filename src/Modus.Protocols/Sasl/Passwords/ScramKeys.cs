using System.Security.Cryptography;

namespace Modus.Protocols.Sasl.Passwords;

/// <summary>The hashing of RFC 5802 §3 with SHA-256 (RFC 7677).</summary>
internal static class ScramKeys
{
    public const int Length = SHA256.HashSizeInBytes;

    /// <summary>Writes StoredKey and ServerKey of a password that went through SASLprep; wipes all between.</summary>
    public static void Derive(
        ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, Span<byte> storedKey, Span<byte> serverKey)
    {
        Span<byte> saltedPassword = stackalloc byte[Length];
        Span<byte> clientKey = stackalloc byte[Length];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, saltedPassword, iterations, HashAlgorithmName.SHA256);
        HMACSHA256.HashData(saltedPassword, "Client Key"u8, clientKey);
        SHA256.HashData(clientKey, storedKey);
        HMACSHA256.HashData(saltedPassword, "Server Key"u8, serverKey);
        CryptographicOperations.ZeroMemory(saltedPassword);
        CryptographicOperations.ZeroMemory(clientKey);
    }
}
