using System.Security.Cryptography;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>Compares the keys of a domain with what the DNS has. Thread-safe.</summary>
public sealed class DkimRecordCheck
{
    private readonly SigningKeys _keys;
    private readonly IMailDns _dns;

    internal DkimRecordCheck(SigningKeys keys, IMailDns dns) => (_keys, _dns) = (keys, dns);

    /// <summary>Asks for the record of each key of a domain.</summary>
    public async ValueTask<IReadOnlyList<PublishedKey>> CheckAsync(Domain domain, CancellationToken cancellationToken)
    {
        var found = new List<PublishedKey>();
        foreach (var key in await _keys.ListAsync(domain, cancellationToken))
            found.Add(Compare(key, await _dns.FindTextAsync(key.RecordName, cancellationToken)));
        return found;
    }

    private static PublishedKey Compare(SigningKey key, DnsAnswer<string> answer)
    {
        if (answer.Outcome == DnsOutcome.Failed) return new PublishedKey(key, KeyPublication.Unknown, answer.Reason ?? "no answer");
        if (answer.Records.Count == 0) return new PublishedKey(key, KeyPublication.Missing, null);
        var reason = "it is another key";
        foreach (var text in answer.Records)
        {
            if (DkimKey.Parse(text, out var fault) is not { } record) reason = fault;
            else if (record.Algorithm == key.Algorithm && IsSame(record, key)) return new PublishedKey(key, KeyPublication.Published, null);
        }

        return new PublishedKey(key, KeyPublication.Different, reason);
    }

    // RFC 6376 §3.6.1 lets RSA keys be published without their wrapping, too.
    private static bool IsSame(DkimKey record, SigningKey key)
    {
        if (record.PublicKey.Span.SequenceEqual(key.PublicKey.Span)) return true;
        if (key.Algorithm != SignatureAlgorithm.RsaSha256 || RsaPublicKey.Read(record.PublicKey.Span) is not { } parameters) return false;
        using var rsa = RSA.Create(parameters);
        return key.PublicKey.Span.SequenceEqual(rsa.ExportSubjectPublicKeyInfo());
    }
}

/// <summary>What the DNS has of a key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Publication">Whether it is there.</param>
/// <param name="Reason">Why not, in words; null where there is nothing to say.</param>
public sealed record PublishedKey(SigningKey Key, KeyPublication Publication, string? Reason);

/// <summary>Whether a key is in the DNS.</summary>
public enum KeyPublication
{
    /// <summary>It is there, and others can use it.</summary>
    Published,

    /// <summary>There is no record.</summary>
    Missing,

    /// <summary>There is a record of another key, or one that cannot be read.</summary>
    Different,

    /// <summary>The DNS does not answer.</summary>
    Unknown,
}
