using System.Net;
using System.Security.Cryptography;
using System.Text;
using Modus.Tls;

namespace Modus.Delivery.Vpn;

/// <summary>
/// A gateway that mail is exchanged with by key alone. With an identity it is a Modus that tells its keys itself; without one an
/// administrator has named them. Immutable.
/// </summary>
public sealed record VpnPartner
{
    /// <summary>Its name here: the first of its domains, or what the administrator calls it.</summary>
    public required string Name { get; init; }

    /// <summary>See <see cref="VpnCard.Identity"/>; null for a server that is not Modus.</summary>
    public string? Identity { get; init; }

    /// <summary>The domains that are sent to by its keys alone.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The addresses from which mail is taken by its keys alone.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>Its keys.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Where it can be told something; null for nowhere.</summary>
    public string? Exchange { get; init; }

    /// <summary>The serial of its newest card.</summary>
    public long Serial { get; init; }

    /// <summary>Since when it is a partner.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Our keys that it has confirmed; null for none yet.</summary>
    public IReadOnlyList<string>? Told { get; init; }

    /// <summary>When it was last heard of; null for never.</summary>
    public DateTimeOffset? Heard { get; init; }

    /// <summary>What the names of its rules begin with.</summary>
    public string RulePrefix => PrefixOf(Name);

    /// <summary>The rules that force it both ways.</summary>
    internal IEnumerable<PeerRule> ToRules()
    {
        var number = 0;
        foreach (var domain in Domains)
            yield return NewRule(number++, PeerDirections.Out) with { Domain = domain };
        foreach (var address in Addresses.Select(IPAddress.Parse))
            yield return NewRule(number++, PeerDirections.Both) with { Network = new IPNetwork(address, address.GetAddressBytes().Length * 8) };
    }

    /// <summary>What the names of a partner's rules begin with: the names of domains are longer than those of rules may be.</summary>
    internal static string PrefixOf(string name) => $"vpn.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 6))}.";

    private PeerRule NewRule(int number, PeerDirections directions) => new()
    {
        Name = $"{RulePrefix}{number}", Directions = directions, Level = PeerLevel.Pin, Pins = Keys, ShowCertificate = true,
        Note = Shorten($"e-mail VPN with {Name}"),
    };

    private static string Shorten(string text) => text.Length <= PeerRuleCheck.MaxNote ? text : text[..PeerRuleCheck.MaxNote];
}

/// <summary>An invitation that was written, as it is kept until it expires.</summary>
/// <param name="Secret">Its secret.</param>
/// <param name="Domains">The domains that may be claimed.</param>
/// <param name="Addresses">Where the partner sends from; empty for where it joins from.</param>
/// <param name="Expires">Until when it is good.</param>
/// <param name="UsedBy">The identity that has used it; null for none.</param>
internal sealed record StoredInvitation(string Secret, IReadOnlyList<string> Domains, IReadOnlyList<string> Addresses, DateTimeOffset Expires, string? UsedBy);
