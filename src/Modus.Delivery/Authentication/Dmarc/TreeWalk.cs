using Modus.Delivery.Dns;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>
/// The records at a domain and above it (RFC 9989 §4.10). They say whose a domain is, which nobody's list of public suffixes has to:
/// the list of another day, or of another house, makes other verdicts. Immutable.
/// </summary>
internal sealed class TreeWalk
{
    private const int LabelsAbove = AuthenticationLimits.TreeWalk - 1;

    private readonly List<(string Name, DmarcRecord Record)> _found;

    private TreeWalk(string start, List<(string Name, DmarcRecord Record)> found, bool isWhole)
    {
        Start = start;
        _found = found;
        IsWhole = isWhole;
        OrganizationalDomain = FindOrganization();
    }

    /// <summary>Where it began.</summary>
    public string Start { get; }

    /// <summary>False when the DNS did not answer on the way: what is found may be not all.</summary>
    public bool IsWhole { get; }

    /// <summary>The domain of the organization (RFC 9989 §4.10.2); the start when nothing is found.</summary>
    public string OrganizationalDomain { get; }

    /// <summary>The record at the very start; null for none.</summary>
    public DmarcRecord? OwnRecord => Find(Start);

    /// <summary>Walks up from a domain, with at most <see cref="AuthenticationLimits.TreeWalk"/> questions.</summary>
    public static async ValueTask<TreeWalk> RunAsync(IMailDns dns, Domain domain, CancellationToken cancellationToken)
    {
        var found = new List<(string, DmarcRecord)>();
        var isWhole = true;
        for (var name = domain.Name; name.Length > 0; name = Above(name))
        {
            var answer = await dns.FindTextAsync("_dmarc." + name, cancellationToken);
            isWhole &= answer.Outcome != DnsOutcome.Failed;
            var records = answer.Records.Select(DmarcRecord.Parse).OfType<DmarcRecord>().Take(2).ToList();
            if (records is not [var record]) continue; // several are none
            found.Add((name, record));
            if (record.IsPublicSuffix is not null) break;
        }

        return new TreeWalk(domain.Name, found, isWhole);
    }

    /// <summary>The record at a domain on the way; null for none.</summary>
    public DmarcRecord? Find(string name)
    {
        foreach (var (at, record) in _found)
            if (at == name) return record;
        return null;
    }

    /// <summary>The record of the suffix below which the organization's domain was registered; null for none.</summary>
    public DmarcRecord? FindSuffixRecord() =>
        _found is [.., { Record.IsPublicSuffix: true } suffix] && suffix.Name != Start ? suffix.Record : null;

    // Long names are cut to seven labels, so that nobody makes more work by a longer one.
    private static string Above(string name)
    {
        var labels = name.Split('.');
        return string.Join('.', labels.TakeLast(Math.Min(labels.Length - 1, LabelsAbove)));
    }

    // RFC 9989 §4.10.2, from the longest name to the shortest
    private string FindOrganization()
    {
        foreach (var (name, record) in _found)
        {
            if (record.IsPublicSuffix == false) return name;
            if (record.IsPublicSuffix == true && name != Start) return OneBelow(name);
        }

        return _found is [.., var last] ? last.Name : Start;
    }

    private string OneBelow(string suffix)
    {
        var below = Start[..^(suffix.Length + 1)];
        return Start[(below.LastIndexOf('.') + 1)..];
    }
}
