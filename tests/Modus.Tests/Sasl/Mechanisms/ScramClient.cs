using System.Security.Cryptography;
using System.Text;

namespace Modus.Tests.Sasl.Mechanisms;

/// <summary>The client's side of SCRAM-SHA-256, written from RFC 5802 §3 without the server's code.</summary>
internal sealed class ScramClient(string user, string password, string gs2Header = "n,,", byte[]? binding = null)
{
    private string _first = "";
    private string _authMessage = "";
    private byte[] _salted = [];

    public string Nonce { get; init; } = "rOprNGfwEbeRWgbNEkqO";

    public byte[] First()
    {
        _first = $"n={user.Replace("=", "=3D").Replace(",", "=2C")},r={Nonce}";
        return Encoding.UTF8.GetBytes(gs2Header + _first);
    }

    public byte[] Final(ReadOnlyMemory<byte> challenge)
    {
        var server = Encoding.UTF8.GetString(challenge.Span);
        var fields = server.Split(',').ToDictionary(field => field[0], field => field[2..]);
        _salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), Convert.FromBase64String(fields['s']), int.Parse(fields['i']), HashAlgorithmName.SHA256, 32);
        byte[] bound = [.. Encoding.UTF8.GetBytes(gs2Header), .. binding ?? []];
        var withoutProof = $"c={Convert.ToBase64String(bound)},r={fields['r']}";
        _authMessage = $"{_first},{server},{withoutProof}";
        var clientKey = HMACSHA256.HashData(_salted, "Client Key"u8);
        var signature = HMACSHA256.HashData(SHA256.HashData(clientKey), Encoding.UTF8.GetBytes(_authMessage));
        var proof = clientKey.Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    public bool Trusts(ReadOnlyMemory<byte> final)
    {
        var serverKey = HMACSHA256.HashData(_salted, "Server Key"u8);
        var signature = HMACSHA256.HashData(serverKey, Encoding.UTF8.GetBytes(_authMessage));
        return Encoding.UTF8.GetString(final.Span) == $"v={Convert.ToBase64String(signature)}";
    }
}
