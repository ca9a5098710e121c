using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Modus.Tls;

/// <summary>The ways to prove that a name is ours.</summary>
public enum AcmeChallenge
{
    /// <summary>A file by HTTP on port 80 (RFC 8555 §8.3).</summary>
    Http01,

    /// <summary>A certificate by TLS on port 443 (RFC 8737 §3).</summary>
    TlsAlpn01,

    /// <summary>A TXT record (RFC 8555 §8.4); the only one for wildcards.</summary>
    Dns01,
}

/// <summary>
/// Makes the proof of a challenge visible. Called for one name at a time; what it published is withdrawn whatever became of it.
/// </summary>
public interface IAcmeResponder
{
    /// <summary>The kind of proof.</summary>
    AcmeChallenge Challenge { get; }

    /// <summary>Makes the proof visible to the authority, and returns when it is.</summary>
    /// <returns>Null when it is; otherwise why it cannot be.</returns>
    ValueTask<AcmeFault?> PublishAsync(AcmeProof proof, CancellationToken cancellationToken);

    /// <summary>Takes it back.</summary>
    ValueTask WithdrawAsync(AcmeProof proof, CancellationToken cancellationToken);
}

/// <summary>What must be seen.</summary>
/// <param name="Name">The name, without a wildcard's <c>*.</c>.</param>
/// <param name="Token">The challenge's token.</param>
/// <param name="KeyAuthorization">Token and account key's thumbprint (RFC 8555 §8.1).</param>
public sealed record AcmeProof(string Name, string Token, string KeyAuthorization)
{
    /// <summary>The value of the TXT record at <c>_acme-challenge.NAME</c> (RFC 8555 §8.4).</summary>
    public string TextRecord => Base64Url.EncodeToString(Digest);

    /// <summary>SHA-256 of the key authorization, 32 bytes; those that a certificate has (RFC 8737 §3).</summary>
    internal byte[] Digest => SHA256.HashData(Encoding.ASCII.GetBytes(KeyAuthorization));
}
