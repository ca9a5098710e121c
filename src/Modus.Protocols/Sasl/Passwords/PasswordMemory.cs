using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl.Throttling;
using Modus.Storage;

namespace Modus.Protocols.Sasl.Passwords;

/// <summary>
/// Remembers for a short while which passwords were right and which were wrong, so that a phone that logs in every minute
/// costs no hash, and one that keeps its old password does not count as ever new guesses. Holds keyed hashes under a key of
/// this process; a new verifier makes them void. Thread-safe.
/// </summary>
internal sealed class PasswordMemory(SaslOptions options, TimeProvider clock)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    // Two maps: a guesser who fills the one cannot push anybody out of the other.
    private readonly ExpiringMap<UInt128, bool> _right = new(clock, options.RememberPasswords, options.Remembered);
    private readonly ExpiringMap<UInt128, bool> _wrong = new(clock, options.RememberPasswords, options.Remembered);

    /// <summary>Names one attempt: a name and a password against one verifier.</summary>
    public UInt128 Fingerprint(string name, ReadOnlySpan<byte> password, ScramVerifier verifier)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        Span<byte> length = stackalloc byte[4];
        var utf8 = Encoding.UTF8.GetBytes(name);
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        hash.AppendData(length);
        hash.AppendData(utf8);
        hash.AppendData(verifier.StoredKey.Span);
        hash.AppendData(password);
        Span<byte> value = stackalloc byte[ScramKeys.Length];
        hash.GetHashAndReset(value);
        return BinaryPrimitives.ReadUInt128LittleEndian(value);
    }

    /// <summary>What is known of an attempt; null when nothing is.</summary>
    public bool? Recall(UInt128 fingerprint) =>
        _right.TryGet(fingerprint, out _) ? true : _wrong.TryGet(fingerprint, out _) ? false : null;

    public void Remember(UInt128 fingerprint, bool isRight) => (isRight ? _right : _wrong).Set(fingerprint, isRight);
}
