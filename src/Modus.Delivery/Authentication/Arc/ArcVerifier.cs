using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Arc;

/// <summary>What came of a chain.</summary>
/// <param name="Status">The status of the chain.</param>
/// <param name="Reason">Why it failed, in words; null otherwise.</param>
internal sealed record ArcResult(ChainStatus Status, string? Reason = null)
{
    /// <summary>Who sealed last; null when the chain is not good.</summary>
    public Mail.Addresses.Domain? Sealer { get; init; }
}

/// <summary>Validates a chain (RFC 8617 §5.2). Every fault is a failure for good, that of the DNS too (§5.2.1). Thread-safe.</summary>
internal sealed class ArcVerifier(DkimVerifier messages, SignatureKeys keys)
{
    /// <summary>Validates the chain of a message whose body hashes were computed.</summary>
    public async ValueTask<ArcResult> VerifyAsync(HeaderSection header, ArcChain chain, BodyHashes bodies, CancellationToken cancellationToken)
    {
        if (chain.Fault is { } fault) return new ArcResult(ChainStatus.Fail, fault);
        if (chain.Sets is not [.., var newest]) return new ArcResult(ChainStatus.None);
        var message = await messages.VerifyAsync(header, newest.Message, bodies, cancellationToken);
        if (message.Outcome != AuthenticationOutcome.Pass) return new ArcResult(ChainStatus.Fail, $"the last signature: {message.Reason}");

        var seals = await Task.WhenAll(chain.Sets.Select((_, index) => VerifySealAsync(header, chain, index, cancellationToken).AsTask()));
        var broken = Array.FindIndex(seals, static seal => seal.Outcome != AuthenticationOutcome.Pass);
        return broken >= 0
            ? new ArcResult(ChainStatus.Fail, $"seal {broken + 1}: {seals[broken].Reason}")
            : new ArcResult(ChainStatus.Pass) { Sealer = newest.Seal.Signature?.Domain };
    }

    private async ValueTask<DkimResult> VerifySealAsync(HeaderSection header, ArcChain chain, int index, CancellationToken cancellationToken)
    {
        var seal = chain.Sets[index].Seal;
        if (seal.Signature is not { } signature) return seal.Result;
        return await keys.VerifyAsync(signature, HashOf(header, chain, index, signature), seal.Result, cancellationToken);
    }

    // RFC 8617 §5.1.1: every set up to this one, each in one order, the seal itself last and without its b=
    private static byte[] HashOf(HeaderSection header, ArcChain chain, int index, DkimSignature signature)
    {
        using var hash = new HashInput();
        for (var i = 0; i <= index; i++)
        {
            var set = chain.Sets[i];
            WriteSet(hash, header, set);
            if (i < index) CanonicalHeader.Write(hash, header.RawOf(set.Seal.Field).Span, Canonicalization.Relaxed);
        }

        var (start, end) = signature.SignaturePlace;
        CanonicalHeader.WriteUnsigned(hash, header.RawOf(chain.Sets[index].Seal.Field).Span, start, end, Canonicalization.Relaxed);
        return hash.Finish();
    }

    /// <summary>Writes the two fields of a set that its seal signs.</summary>
    internal static void WriteSet(HashInput hash, HeaderSection header, ArcSet set)
    {
        CanonicalHeader.Write(hash, header.RawOf(set.Results).Span, Canonicalization.Relaxed);
        CanonicalHeader.Write(hash, header.RawOf(set.Message.Field).Span, Canonicalization.Relaxed);
    }
}
