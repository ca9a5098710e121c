// The client's side of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802 §5, RFC 7677).
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Sasl.Passwords;

namespace Modus.Protocols.Sasl.Client;

internal sealed class ScramClient(string name, ReadOnlyMemory<byte> password, ChannelBinding? binding, bool isPlus) : SaslClient
{
    private const int NonceLength = 24; // bytes: 192 bits

    // A server that asks for more wants our processor, not our password: a second of it at most.
    private const int MaxIterations = 2_000_000;
    private const int MinIterations = 4096; // RFC 7677 §4: with fewer, what we answer is soon guessed

    private State _state;
    private string _first = ""; // client-first-message-bare
    private byte[] _expectedSignature = [];

    private enum State
    {
        Asked,
        Proved,
        Over,
    }

    /// <summary>Our part of the nonce; set by tests of the RFC's example.</summary>
    internal string Nonce { get; init; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceLength));

    public override string Mechanism => isPlus ? "SCRAM-SHA-256-PLUS" : "SCRAM-SHA-256";

    public override bool TrustsServer => _state == State.Over;

    // gs2-cbind-flag: "y" says that we could bind and think the server cannot; one that can then knows that somebody is in between.
    private string Header => isPlus ? $"p={binding!.Name},," : binding is null ? "n,," : "y,,";

    public override byte[]? Begin()
    {
        var escaped = name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _first = $"n={escaped},r={Nonce}";
        return Encoding.UTF8.GetBytes(Header + _first);
    }

    public override bool TryAnswer(ReadOnlySpan<byte> challenge, [NotNullWhen(true)] out byte[]? response)
    {
        var state = _state;
        response = null;
        if (state == State.Asked) return TryProve(challenge, out response);
        if (state != State.Proved || !challenge.StartsWith("v="u8) || !SaslBase64.TryDecode(challenge[2..], out var signature)) return false;
        if (!CryptographicOperations.FixedTimeEquals(signature, _expectedSignature)) return false;
        _state = State.Over;
        response = [];
        return true;
    }

    // server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]
    private bool TryProve(ReadOnlySpan<byte> challenge, [NotNullWhen(true)] out byte[]? response)
    {
        response = null;
        if (!System.Text.Unicode.Utf8.IsValid(challenge)) return false;
        var serverFirst = Encoding.UTF8.GetString(challenge);
        var fields = serverFirst.Split(',');
        if (fields.Length < 3 || !fields[0].StartsWith("r=", StringComparison.Ordinal) || !fields[1].StartsWith("s=", StringComparison.Ordinal)
            || !fields[2].StartsWith("i=", StringComparison.Ordinal)) return false;
        var nonce = fields[0][2..];
        if (!nonce.StartsWith(Nonce, StringComparison.Ordinal) || nonce.Length == Nonce.Length) return false;
        if (!SaslBase64.TryDecode(Encoding.UTF8.GetBytes(fields[1][2..]), out var salt) || salt.Length == 0) return false;
        if (!int.TryParse(fields[2].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)
            || iterations is < MinIterations or > MaxIterations) return false;

        byte[] bound = [.. Encoding.UTF8.GetBytes(Header), .. isPlus ? binding!.Value : []];
        var withoutProof = $"c={Convert.ToBase64String(bound)},r={nonce}";
        if (!TryDerive(salt, iterations, Encoding.UTF8.GetBytes($"{_first},{serverFirst},{withoutProof}"), out var proof)) return false;
        _state = State.Proved;
        response = Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
        return true;
    }

    // RFC 5802 §3
    private bool TryDerive(byte[] salt, int iterations, byte[] authMessage, [NotNullWhen(true)] out byte[]? proof)
    {
        proof = null;
        if (!SaslPrep.TryPrepare(password.Span, out var prepared)) return false;
        var salted = Rfc2898DeriveBytes.Pbkdf2(prepared, salt, iterations, HashAlgorithmName.SHA256, ScramKeys.Length);
        CryptographicOperations.ZeroMemory(prepared);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        _expectedSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), authMessage);
        proof = HMACSHA256.HashData(SHA256.HashData(clientKey), authMessage);
        for (var i = 0; i < proof.Length; i++) proof[i] ^= clientKey[i];
        CryptographicOperations.ZeroMemory(salted);
        CryptographicOperations.ZeroMemory(clientKey);
        return true;
    }
}
