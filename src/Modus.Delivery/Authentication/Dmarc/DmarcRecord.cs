using System.Text;
using Modus.Delivery.Authentication.Message;

namespace Modus.Delivery.Authentication.Dmarc;

/// <summary>
/// A DMARC record (RFC 9989 §4.7), read mildly: what is unknown is passed over. Immutable. Of the tags that RFC 9989 took out,
/// pct=0 still means what it meant, which t=y says now; every other pct= means nothing.
/// </summary>
internal sealed record DmarcRecord
{
    /// <summary>p=: for the domain itself.</summary>
    public DmarcPolicy Policy { get; private init; }

    /// <summary>sp=: for domains below it; p= when it is not there.</summary>
    public DmarcPolicy SubdomainPolicy { get; private init; }

    /// <summary>np=: for domains below it that do not exist; sp= when it is not there.</summary>
    public DmarcPolicy NonExistentPolicy { get; private init; }

    /// <summary>adkim=s: a signature must be of the very domain.</summary>
    public bool IsStrictDkim { get; private init; }

    /// <summary>aspf=s: MAIL FROM must be in the very domain.</summary>
    public bool IsStrictSpf { get; private init; }

    /// <summary>psd=: true for y (names are registered below the domain), false for n (the domain is an organization's), null for neither.</summary>
    public bool? IsPublicSuffix { get; private init; }

    /// <summary>t=y: the domain tests; its policy is applied one step less strictly.</summary>
    public bool IsTest { get; private init; }

    /// <summary>False when a policy cannot be read and no reports are asked for: then the record says nothing (RFC 9989 §4.10.1).</summary>
    public bool HasPolicy { get; private init; }

    /// <summary>Reads a TXT record.</summary>
    /// <returns>Null when it is none of DMARC.</returns>
    public static DmarcRecord? Parse(string text)
    {
        if (text.Length > AuthenticationLimits.TextRecord) return null;

        // dmarc-version = "v" *WSP "=" *WSP %s"DMARC1", and it comes first
        if (TagList.ParseMildly(Encoding.UTF8.GetBytes(text)) is not { } tags || tags.Tags[0] is not { Name: "v", Value: "DMARC1" }) return null;
        var isValid = TryRead(tags["p"], DmarcPolicy.None, out var policy);
        isValid &= TryRead(tags["sp"], policy, out var subdomain);
        isValid &= TryRead(tags["np"], subdomain, out var nonExistent);
        var asksForReports = tags["rua"]?.Contains("mailto:", StringComparison.OrdinalIgnoreCase) == true;
        if (!isValid) policy = subdomain = nonExistent = DmarcPolicy.None;
        return new DmarcRecord
        {
            Policy = policy,
            SubdomainPolicy = subdomain,
            NonExistentPolicy = nonExistent,
            IsStrictDkim = IsWord(tags["adkim"], "s"),
            IsStrictSpf = IsWord(tags["aspf"], "s"),
            IsPublicSuffix = IsWord(tags["psd"], "y") ? true : IsWord(tags["psd"], "n") ? false : null,
            IsTest = IsWord(tags["t"], "y") || tags["pct"] == "0",
            HasPolicy = isValid || asksForReports,
        };
    }

    private static bool TryRead(string? word, DmarcPolicy otherwise, out DmarcPolicy policy)
    {
        policy = word?.ToLowerInvariant() switch
        {
            null => otherwise,
            "reject" => DmarcPolicy.Reject,
            "quarantine" => DmarcPolicy.Quarantine,
            _ => DmarcPolicy.None,
        };
        return word is null || policy != DmarcPolicy.None || IsWord(word, "none");
    }

    private static bool IsWord(string? value, string word) => word.Equals(value, StringComparison.OrdinalIgnoreCase);
}
