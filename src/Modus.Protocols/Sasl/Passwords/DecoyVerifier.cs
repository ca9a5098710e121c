using System.Security.Cryptography;
using System.Text;
using Modus.Storage;

namespace Modus.Protocols.Sasl.Passwords;

/// <summary>
/// What a client is shown for a name that does not exist: a salt that is always the same for the same name and keys that no
/// password fits, so that names cannot be told apart by the answers (RFC 5802 §9). Thread-safe.
/// </summary>
internal sealed class DecoyVerifier(ReadOnlyMemory<byte> key)
{
    private readonly byte[] _key = key.IsEmpty ? RandomNumberGenerator.GetBytes(32) : key.ToArray();

    public ScramVerifier For(string name) => new(
        Derive("salt", name).AsMemory(0, ScramVerifierFactory.SaltLength),
        ScramVerifierFactory.DefaultIterations,
        Derive("stored", name),
        Derive("server", name));

    private byte[] Derive(string use, string name) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{use}:{name}"));
}
