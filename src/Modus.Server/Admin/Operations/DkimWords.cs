using Modus.Delivery.Authentication.Dkim;

namespace Modus.Server.Admin.Operations;

/// <summary>The algorithms as k= of a key record has them (RFC 6376 §3.6.1, RFC 8463 §4).</summary>
internal static class DkimWords
{
    public const string Rsa = "rsa";
    public const string Ed25519 = "ed25519";

    public static string Of(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.RsaSha256 ? Rsa : Ed25519;

    public static SignatureAlgorithm? Parse(string word) => word switch
    {
        Rsa => SignatureAlgorithm.RsaSha256,
        Ed25519 => SignatureAlgorithm.Ed25519Sha256,
        _ => null,
    };
}
