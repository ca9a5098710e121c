using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Modus.Mail.Addresses;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>The MTA-STS policy that this server publishes for a domain of its own (RFC 8461). Immutable.</summary>
public sealed record OwnStsPolicy
{
    private OwnStsPolicy(Domain domain, string mode, IReadOnlyList<string> mxPatterns, TimeSpan maxAge, string text)
    {
        Domain = domain;
        Mode = mode;
        MxPatterns = mxPatterns;
        MaxAge = maxAge;
        Text = text;
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..20];
    }

    /// <summary>The domain.</summary>
    public Domain Domain { get; }

    /// <summary><c>enforce</c>, <c>testing</c> or <c>none</c>.</summary>
    public string Mode { get; }

    /// <summary>The hosts that take its mail; a leading <c>*.</c> stands for one label.</summary>
    public IReadOnlyList<string> MxPatterns { get; }

    /// <summary>How long others may keep it.</summary>
    public TimeSpan MaxAge { get; }

    /// <summary>What is served, with CRLF.</summary>
    public string Text { get; }

    /// <summary>What the TXT record says; it is another one as soon as the policy is.</summary>
    public string Id { get; }

    /// <summary>The host that serves it.</summary>
    public string Host => StsFetcher.HostOf(Domain);

    /// <summary>The TXT record that announces it, as zone files have it.</summary>
    public string Announcement => $"_mta-sts.{Domain.Name}. IN TXT \"v=STSv1; id={Id};\"";

    /// <summary>Makes a policy.</summary>
    /// <param name="domain">The domain.</param>
    /// <param name="mode"><c>enforce</c>, <c>testing</c> or <c>none</c>.</param>
    /// <param name="mxPatterns">The hosts; at least one unless the mode is none.</param>
    /// <param name="maxAge">A second to a year (RFC 8461 §3.2).</param>
    /// <param name="policy">The policy.</param>
    /// <param name="fault">What is wrong; null when nothing is.</param>
    public static bool TryCreate(
        Domain domain,
        string mode,
        IReadOnlyList<string> mxPatterns,
        TimeSpan maxAge,
        [NotNullWhen(true)] out OwnStsPolicy? policy,
        [NotNullWhen(false)] out string? fault)
    {
        ArgumentNullException.ThrowIfNull(mxPatterns);
        policy = null;
        var read = new List<string>();
        foreach (var text in mxPatterns)
        {
            if (!StsText.TryReadPattern(text, out var pattern))
            {
                fault = $"'{text}' is no host and no *.domain";
                return false;
            }

            read.Add(pattern);
        }

        fault = StsText.ToMode(mode) switch
        {
            null => $"'{mode}' is no mode; there are enforce, testing and none",
            not StsMode.None when read.Count == 0 => "it names no host that takes the mail",
            _ when maxAge < TimeSpan.FromSeconds(1) || maxAge > StsText.LongestMaxAge => "the time that others may keep it is from a second to a year",
            _ => null,
        };
        if (fault is not null) return false;
        var lines = StsText.Format(StsText.ToMode(mode)!.Value, read, maxAge);
        policy = new OwnStsPolicy(domain, mode, read, maxAge, string.Concat(lines.Select(static line => line + "\r\n")));
        return true;
    }
}
