using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>
/// Verifies the DKIM signatures of a message (RFC 6376 §6), at most <see cref="AuthenticationLimits.Signatures"/> of them from the top:
/// those that were added last. Thread-safe.
/// </summary>
internal sealed class DkimVerifier(SignatureKeys keys, TimeProvider clock)
{
    private const string FieldName = "DKIM-Signature";

    /// <summary>Reads the signatures, and says which body hashes they need.</summary>
    public static IReadOnlyList<FoundSignature> Find(HeaderSection header, BodyHashes bodies)
    {
        var found = new List<FoundSignature>();
        foreach (var field in header.Fields)
        {
            if (found.Count == AuthenticationLimits.Signatures) break;
            if (!IsNamed(header, field, FieldName)) continue;
            var signature = DkimSignature.Parse(header.RawOf(field).Span, field.Colon - field.Start, SignatureKind.Dkim, out var result);
            if (signature is not null) bodies.Add(signature.BodyCanonicalization, signature.BodyLength);
            found.Add(new FoundSignature(field, signature, result));
        }

        return found;
    }

    /// <summary>Verifies what was found. All keys are asked for at once.</summary>
    public async ValueTask<IReadOnlyList<DkimResult>> VerifyAsync(
        HeaderSection header, IReadOnlyList<FoundSignature> found, BodyHashes bodies, CancellationToken cancellationToken) =>
        await Task.WhenAll(found.Select(signature => VerifyAsync(header, signature, bodies, cancellationToken).AsTask()));

    /// <summary>Verifies one; also the ARC-Message-Signature, which differs in nothing that matters here.</summary>
    public async ValueTask<DkimResult> VerifyAsync(
        HeaderSection header, FoundSignature found, BodyHashes bodies, CancellationToken cancellationToken)
    {
        if (found.Signature is not { } signature) return found.Result;
        if (!header.IsComplete) return found.Result with { Outcome = AuthenticationOutcome.PermError, Reason = "the header section is too long" };
        if (signature.Expires < clock.GetUtcNow()) return found.Result with { Outcome = AuthenticationOutcome.Fail, Reason = "the signature has expired" };

        var body = bodies[signature.BodyCanonicalization, signature.BodyLength];
        if (signature.BodyLength > body.Length || !body.Hash.AsSpan().SequenceEqual(signature.BodyHash))
            return found.Result with { Outcome = AuthenticationOutcome.Fail, Reason = "the body was changed" };

        var result = await keys.VerifyAsync(signature, SignedFields.Hash(header, found.Field, signature), found.Result, cancellationToken);

        // What anybody may have added below the signed part would be shown as if it were signed (RFC 6376 §8.2).
        return result.Outcome == AuthenticationOutcome.Pass && signature.BodyLength < body.Length
            ? result with { Outcome = AuthenticationOutcome.Policy, Reason = "only a part of the body is signed" }
            : result;
    }

    internal static bool IsNamed(HeaderSection header, HeaderField field, string name) =>
        field.NameLength == name.Length
        && System.Text.Ascii.EqualsIgnoreCase(header.RawOf(field).Span[..field.NameLength], name);
}

/// <summary>A signature in a message.</summary>
/// <param name="Field">Its field.</param>
/// <param name="Signature">What it says; null when it cannot be read.</param>
/// <param name="Result">Who signed, and the fault of one that cannot be read.</param>
internal sealed record FoundSignature(HeaderField Field, DkimSignature? Signature, DkimResult Result);
