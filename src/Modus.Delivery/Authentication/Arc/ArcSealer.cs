using System.Globalization;
using System.Text;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Modus.Delivery.Authentication.Signing;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Arc;

/// <summary>
/// Seals a message that is passed on (RFC 8617 §5.1), so that the next server can see what this one saw of it. Thread-safe.
/// </summary>
internal sealed class ArcSealer(SigningKeys keys, TimeProvider clock)
{
    /// <summary>The body hash that a seal needs.</summary>
    public static void AddBodyHash(BodyHashes bodies) => bodies.Add(Canonicalization.Relaxed, null);

    /// <summary>The first of these domains that can seal; null when none has a key.</summary>
    public async ValueTask<ActiveKey?> FindKeyAsync(IReadOnlyList<Domain> domains, CancellationToken cancellationToken)
    {
        foreach (var domain in domains)
        {
            // A set has one signature, and RSA is what everybody can verify.
            var active = await keys.ListActiveAsync(domain, cancellationToken);
            if (active.OrderBy(static key => key.Secret.Algorithm).FirstOrDefault() is { } key) return key;
        }

        return null;
    }

    /// <summary>Makes a set.</summary>
    /// <param name="key">Who seals.</param>
    /// <param name="header">The header section of the message as it will stand below the set.</param>
    /// <param name="chain">The chain that it came with.</param>
    /// <param name="status">What came of it.</param>
    /// <param name="bodies">The body hashes.</param>
    /// <param name="results">What Authentication-Results says, from the name of this server on.</param>
    /// <returns>The three fields; empty when the chain takes no more.</returns>
    public byte[] Seal(ActiveKey key, HeaderSection header, ArcChain chain, ChainStatus status, BodyHashes bodies, string results)
    {
        var instance = chain.Highest + 1;
        if (chain.IsClosed || instance > AuthenticationLimits.ArcSets || !header.IsComplete) return [];
        var number = instance.ToString(CultureInfo.InvariantCulture);
        var resultsField = Encoding.UTF8.GetBytes($"ARC-Authentication-Results: i={number}; {results}\r\n");
        var messageField = SignMessage(key, header, number, bodies);

        using var hash = new HashInput();
        foreach (var set in status == ChainStatus.Pass ? chain.Sets : [])
        {
            ArcVerifier.WriteSet(hash, header, set);
            CanonicalHeader.Write(hash, header.RawOf(set.Seal.Field).Span, Canonicalization.Relaxed);
        }

        CanonicalHeader.Write(hash, resultsField, Canonicalization.Relaxed);
        CanonicalHeader.Write(hash, messageField, Canonicalization.Relaxed);
        var sealField = new SignatureField("ARC-Seal")
            .Add("i", number)
            .Add("a", key.Secret.Algorithm.ToWord())
            .Add("cv", status switch { ChainStatus.Pass => "pass", ChainStatus.Fail => "fail", _ => "none" })
            .Add("d", key.Domain.Name)
            .Add("s", key.Selector)
            .Add("t", Now())
            .Sign(hash, key.Secret);
        return [.. sealField, .. messageField, .. resultsField];
    }

    private byte[] SignMessage(ActiveKey key, HeaderSection header, string number, BodyHashes bodies)
    {
        var names = FieldsToSign.OfMediator(header);
        using var hash = new HashInput();
        SignedFields.WriteNamed(hash, header, names, Canonicalization.Relaxed);
        return new SignatureField("ARC-Message-Signature")
            .Add("i", number)
            .Add("a", key.Secret.Algorithm.ToWord())
            .Add("c", "relaxed/relaxed")
            .Add("d", key.Domain.Name)
            .Add("s", key.Selector)
            .Add("t", Now())
            .Add("h", string.Join(':', names))
            .Add("bh", Convert.ToBase64String(bodies[Canonicalization.Relaxed, null].Hash))
            .Sign(hash, key.Secret);
    }

    private string Now() => clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
