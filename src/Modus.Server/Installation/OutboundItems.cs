using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Modus.Tls;

namespace Modus.Server.Installation;

internal sealed record RouteItem
{
    [Description("example.com, .example.com for the domains below it, or * for all others.")]
    public required string Domain { get; init; }

    [Description("In the order in which they are tried; with a port where it is not 25.")]
    [MinLength(1)]
    public required IReadOnlyList<string> Hosts { get; init; }

    [Description("What is demanded; without it the other policies decide.")]
    public PeerLevel? Level { get; init; }

    [Description("TLS from the first byte.")]
    public bool Implicit { get; init; }

    public string? Login { get; init; }

    [Description("The file whose first line is the password; needed with a login. The file itself is not part of this document.")]
    public string? PasswordFile { get; init; }
}

internal enum PeerWay
{
    In,
    Out,
    Both,
}

/// <summary>A rule: exactly one of network, domain, host and key.</summary>
internal sealed record PeerItem
{
    public required string Name { get; init; }

    [Description("Peers with such addresses, such as 192.0.2.0/24.")]
    public string? Network { get; init; }

    [Description("Mail for this domain; with a leading dot for those below it.")]
    public string? Domain { get; init; }

    [Description("Next hops with such names; *.example.com stands for one more label.")]
    public string? Host { get; init; }

    [Description("Clients that show this key: SHA-256 of its SubjectPublicKeyInfo.")]
    public string? Key { get; init; }

    public PeerWay Direction { get; set; } = PeerWay.Both;

    public required PeerLevel Level { get; init; }

    [Description("The keys of the level pin: SHA-256 of SubjectPublicKeyInfo.")]
    public IReadOnlyList<string> Pins { get; set; } = [];

    [Description("The names of which the peer's certificate must have one at the level verify.")]
    public IReadOnlyList<string> Names { get; set; } = [];

    [Description("PEM: authorities that are trusted beside the system's at the level verify.")]
    public string? Authorities { get; init; }

    public bool ShowCertificate { get; init; }

    public bool MayRelay { get; init; }

    public string? Note { get; init; }
}

internal sealed record PartnerItem
{
    public required string Name { get; init; }

    [Description("Its public key, by which it signs what it tells; none for a server that is not Modus.")]
    public string? Identity { get; init; }

    public IReadOnlyList<string> Domains { get; set; } = [];

    public IReadOnlyList<string> Addresses { get; set; } = [];

    [Description("The keys that it shows: SHA-256 of SubjectPublicKeyInfo.")]
    [MinLength(1)]
    public required IReadOnlyList<string> Keys { get; init; }

    [Description("Where it can be told something, host:port.")]
    public string? Exchange { get; init; }

    [Description("The serial of the newest that it told; older tellings do not count.")]
    [Range(0, long.MaxValue)]
    public long Serial { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>What was told belongs to the running exchange: kept over a change, and no part of the document.</summary>
    [JsonIgnore]
    public IReadOnlyList<string>? Told { get; init; }

    /// <summary>The same of what was heard.</summary>
    [JsonIgnore]
    public DateTimeOffset? Heard { get; init; }
}

internal sealed record VpnIdentityItem
{
    [Description("SubjectPublicKeyInfo in base64.")]
    public required string PublicKey { get; init; }

    [Description("Secret. PKCS #8 in base64; without it the key must be there already.")]
    public byte[]? Secret { get; init; }
}

internal sealed record EtrnItem
{
    [Description("A domain, or #name of a queue.")]
    public required string Node { get; init; }

    [Description("True when the domains below it go with it.")]
    public bool Subdomains { get; init; }

    [Description("The domains that a queue stands for.")]
    public IReadOnlyList<string> Domains { get; set; } = [];

    public IReadOnlyList<string> Networks { get; set; } = [];

    [Description("Keys of client certificates: SHA-256 of SubjectPublicKeyInfo.")]
    public IReadOnlyList<string> Keys { get; set; } = [];

    public IReadOnlyList<string> Accounts { get; set; } = [];
}

internal sealed record StsItem
{
    public required string Domain { get; init; }

    [AllowedValues("enforce", "testing", "none")]
    public required string Mode { get; init; }

    [Description("The hosts that take the domain's mail; a leading *. stands for one label.")]
    public IReadOnlyList<string> Mx { get; set; } = [];

    [Description("How long others may keep it, in seconds.")]
    [Range(1, 31_557_600)]
    public required long MaxAge { get; init; }
}

internal sealed record TlsReportItem
{
    public required string Address { get; init; }
}

internal sealed record DmarcExceptionItem
{
    [Description("The domain, with every domain below it.")]
    public required string Domain { get; init; }

    public string? Note { get; init; }
}

internal sealed record PinItem
{
    [Description("The next hop, host:port.")]
    public required string Host { get; init; }

    [Description("SHA-256 of its SubjectPublicKeyInfo.")]
    public required string Key { get; init; }
}
