using System.Security.Cryptography;
using System.Text;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Authentication.Signing;

namespace Modus.Tests.Delivery.Authentication;

/// <summary>Signatures with any tags, good ones and others.</summary>
internal static class HandmadeSignature
{
    public static readonly (SecretKey Secret, byte[] Public) Ed = SecretKey.Create(SignatureAlgorithm.Ed25519Sha256);

    public static string EdRecord => $"v=DKIM1; k=ed25519; p={Convert.ToBase64String(Ed.Public)}";

    /// <summary>
    /// Puts a signature before a message. In <paramref name="tags"/> <c>BH</c> becomes the hash of the body; the fields that are hashed are
    /// those of h=, as relaxed.
    /// </summary>
    public static async Task<byte[]> SignAsync(byte[] message, string tags, Func<byte[], byte[]>? sign = null)
    {
        using var stream = new MemoryStream(message);
        using var header = await HeaderSection.ReadAsync(stream, CancellationToken.None);
        var bodies = new BodyHashes();
        var limit = TagList.Parse(Encoding.UTF8.GetBytes(tags))?["l"];
        bodies.Add(Canonicalization.Relaxed, limit is null ? null : long.Parse(limit));
        await bodies.ReadAsync(stream, header.BodyOffset, CancellationToken.None);
        var bodyHash = bodies[Canonicalization.Relaxed, limit is null ? null : long.Parse(limit)];
        var field = $"DKIM-Signature: {tags.Replace("BH", Convert.ToBase64String(bodyHash.Hash), StringComparison.Ordinal)}; b=";

        using var hash = new HashInput();
        var names = TagList.Parse(Encoding.UTF8.GetBytes(tags))?["h"]?.Split(':', StringSplitOptions.TrimEntries) ?? [];
        SignedFields.WriteNamed(hash, header, names, Canonicalization.Relaxed);
        CanonicalHeader.WriteUnsigned(hash, Encoding.UTF8.GetBytes(field), field.Length, field.Length, Canonicalization.Relaxed);
        var signature = (sign ?? Ed.Secret.Sign)(hash.Finish());
        return [.. Encoding.UTF8.GetBytes($"{field}{Convert.ToBase64String(signature)}\r\n"), .. message];
    }

    public static Func<byte[], byte[]> By(RSA key) => hash => key.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
