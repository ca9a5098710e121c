using System.Net;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Authentication.Spf;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Published;

// What a domain publishes about the mail that it sends.
public sealed partial class PublishedRecords
{
    /// <summary>The TXT records of a name.</summary>
    public async ValueTask<PublishedAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindTextAsync(name, cancellationToken);
        return Tell(answer, answer.Records);
    }

    /// <summary>The names of an address (PTR).</summary>
    public async ValueTask<PublishedAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindNamesAsync(address, cancellationToken);
        return Tell(answer, answer.Records);
    }

    /// <summary>Whether an address may send mail of a domain (RFC 7208), by the word of its record.</summary>
    public async ValueTask<PublishedSpf> CheckSpfAsync(IPAddress address, string hostName, Domain domain, CancellationToken cancellationToken)
    {
        var sender = EmailAddress.Create("postmaster", domain);
        var result = await new SpfVerifier(_dns).CheckAsync(address, hostName, new ReversePath(sender), cancellationToken);
        return new PublishedSpf(result.Outcome.ToWord(), result.Reason);
    }

    /// <summary>The DMARC record that counts for a domain: its own, or that of its organization (RFC 9989 §4.10).</summary>
    public async ValueTask<PublishedDmarc> FindDmarcAsync(Domain domain, CancellationToken cancellationToken)
    {
        var walk = await TreeWalk.RunAsync(_dns, domain, cancellationToken);
        var (at, record) = walk.OwnRecord is { } own ? (domain.Name, own) : (walk.OrganizationalDomain, walk.Find(walk.OrganizationalDomain));
        return record is { HasPolicy: true }
            ? new PublishedDmarc(at, (at == domain.Name ? record.Policy : record.SubdomainPolicy).ToWord(), record.IsTest, walk.IsWhole)
            : new PublishedDmarc(null, null, false, walk.IsWhole);
    }

    /// <summary>Whether a DKIM key is published as it should be.</summary>
    /// <param name="name">Where its record belongs.</param>
    /// <param name="text">What its record should say.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it is there, and why not in words.</returns>
    public async ValueTask<(KeyPublication Publication, string? Reason)> CompareKeyAsync(string name, string text, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindTextAsync(name, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return (KeyPublication.Unknown, answer.Reason ?? "no answer");
        if (answer.Records.Count == 0) return (KeyPublication.Missing, null);
        var wanted = DkimKey.Parse(text, out _);
        var reason = "it is another key";
        foreach (var published in answer.Records)
        {
            if (DkimKey.Parse(published, out var fault) is not { } key) reason = fault;
            else if (key.Algorithm == wanted?.Algorithm && key.PublicKey.Span.SequenceEqual(wanted.PublicKey.Span)) return (KeyPublication.Published, null);
        }

        return (KeyPublication.Different, reason);
    }
}

/// <summary>What came of an SPF check.</summary>
/// <param name="Outcome">pass, fail, softfail, neutral, none, temperror or permerror (RFC 8601 §2.7.2).</param>
/// <param name="Reason">Why it could not be checked; null otherwise.</param>
public sealed record PublishedSpf(string Outcome, string? Reason);

/// <summary>What DMARC says of a domain.</summary>
/// <param name="At">Where the record stands; null for none.</param>
/// <param name="Policy">none, quarantine or reject; null without a record.</param>
/// <param name="IsTest">True when the domain only tests.</param>
/// <param name="IsWhole">False when the DNS did not answer everywhere.</param>
public sealed record PublishedDmarc(string? At, string? Policy, bool IsTest, bool IsWhole);
