using System.Net;
using Modus.Mail.Addresses;
using Modus.Tls;

namespace Modus.Delivery.Vpn;

/// <summary>What a gateway of the e-mail VPN says of itself. Immutable.</summary>
public sealed record VpnCard
{
    /// <summary>Domains of one gateway: each is a rule of its partners.</summary>
    public const int MaxDomains = 100;

    /// <summary>Addresses of one gateway: each is a rule of its partners.</summary>
    public const int MaxAddresses = 16;

    /// <summary>Its host name.</summary>
    public required string Name { get; init; }

    /// <summary>The public key (SubjectPublicKeyInfo, base64) by which it signs what it says; it is the same as long as the gateway lives.</summary>
    public required string Identity { get; init; }

    /// <summary>The domains that its mail is for, in lower-case A-labels.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The keys that it shows, those that it will show soon too: SHA-256 of SubjectPublicKeyInfo, lower-case hex.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>The addresses from which it sends; may be empty.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>Where it can be told something: <c>host:port</c> of an https listener; null when it has none.</summary>
    public string? Exchange { get; init; }

    /// <summary>Grows with each card that it makes: what is older than what is known does not count.</summary>
    public long Serial { get; init; }

    /// <summary>What is wrong with a card that somebody else made; null when it can be used.</summary>
    internal string? FindFault()
    {
        if (!IsDomain(Name)) return "it names no host";
        if (Domains.Count > MaxDomains || !Domains.All(IsDomain)) return $"its domains are not up to {MaxDomains} names";
        if (Keys.Count is 0 or > PeerRuleCheck.MaxPins || !Keys.All(KeyPin.IsValid)) return $"its keys are not 1 to {PeerRuleCheck.MaxPins} pins";
        if (Addresses.Count > MaxAddresses || !Addresses.All(static text => IPAddress.TryParse(text, out _))) return $"its addresses are not up to {MaxAddresses}";
        return Exchange is null || VpnExchangeAddress.TryParse(Exchange, out _) ? null : "its https address is none";
    }

    internal static bool IsDomain(string text) => Domain.TryParse(text, out var domain) && domain.Name == text;
}

/// <summary>Where a gateway listens for others: a host, by name or address, and a port.</summary>
/// <param name="Host">The name or the address.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record VpnExchangeAddress(string Host, int Port)
{
    private const int MaxLength = 300;

    public static bool TryParse(string text, out VpnExchangeAddress address)
    {
        address = new VpnExchangeAddress("", 0);
        if (text.Length > MaxLength || !Uri.TryCreate($"https://{text}", UriKind.Absolute, out var uri)) return false;
        if (uri.PathAndQuery != "/" || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0 || uri.Port < 1) return false;
        address = new VpnExchangeAddress(uri.IdnHost.Trim('[', ']'), uri.Port);
        return IPAddress.TryParse(address.Host, out _) || VpnCard.IsDomain(address.Host);
    }
}
