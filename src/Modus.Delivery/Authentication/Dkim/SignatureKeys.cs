using Modus.Delivery.Dns;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>Asks the DNS for the key of a signature and compares. Thread-safe.</summary>
internal sealed class SignatureKeys(IMailDns dns)
{
    private const int MaxName = 253; // RFC 1035 §2.3.4, without the root

    /// <summary>Where the key of a selector is published (RFC 6376 §3.6.2.1).</summary>
    public static string NameOf(string selector, string domain) => $"{selector}._domainkey.{domain}";

    /// <summary>Verifies a signature of a hash.</summary>
    /// <param name="signature">The signature.</param>
    /// <param name="hash">SHA-256 of what it is of.</param>
    /// <param name="result">Who signed; comes back with the outcome.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<DkimResult> VerifyAsync(
        DkimSignature signature, byte[] hash, DkimResult result, CancellationToken cancellationToken)
    {
        var name = NameOf(signature.Selector, signature.Domain.Name);
        if (name.Length > MaxName) return result with { Outcome = AuthenticationOutcome.PermError, Reason = "the name of the key is too long" };
        var answer = await dns.FindTextAsync(name, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed)
            return result with { Outcome = AuthenticationOutcome.TempError, Reason = "the DNS did not answer for the key" };
        if (answer.Records.Count == 0) return result with { Outcome = AuthenticationOutcome.PermError, Reason = "there is no key" };

        // There should be one record; of several the first that fits counts.
        var best = result with { Outcome = AuthenticationOutcome.PermError, Reason = "there is no key" };
        foreach (var text in answer.Records.Take(AuthenticationLimits.KeyRecords))
        {
            var next = Try(text, signature, hash, result);
            if (next.Outcome == AuthenticationOutcome.Pass) return next;
            if (best.Outcome != AuthenticationOutcome.Fail) best = next;
        }

        return best;
    }

    private static DkimResult Try(string text, DkimSignature signature, byte[] hash, DkimResult result)
    {
        if (DkimKey.Parse(text, out var fault) is not { } key) return result with { Outcome = AuthenticationOutcome.PermError, Reason = fault };
        result = result with { IsTest = key.IsTest };
        if (key.Algorithm != signature.Algorithm)
            return result with { Outcome = AuthenticationOutcome.PermError, Reason = "the key is of another algorithm" };
        if (key.IsStrict && signature.Identity != signature.Domain)
            return result with { Outcome = AuthenticationOutcome.PermError, Reason = "the key is not for domains below d=" };
        return SignatureAlgorithms.Verify(signature.Algorithm, key.PublicKey.Span, hash, signature.Signature) switch
        {
            SignatureVerdict.Good => result with { Outcome = AuthenticationOutcome.Pass, Reason = null },
            SignatureVerdict.Bad => result with { Outcome = AuthenticationOutcome.Fail, Reason = "the signature does not fit the header" },
            SignatureVerdict.KeySize => result with { Outcome = AuthenticationOutcome.Policy, Reason = "the key is too short or too long" },
            _ => result with { Outcome = AuthenticationOutcome.PermError, Reason = "the key cannot be read" },
        };
    }
}
