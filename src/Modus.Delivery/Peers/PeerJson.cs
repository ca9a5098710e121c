using System.Net;
using System.Text.Json.Serialization;
using Modus.Tls;

namespace Modus.Delivery.Peers;

/// <summary>A rule as it is stored; its name is the setting's.</summary>
internal sealed record StoredPeerRule
{
    public string? Network { get; init; }

    public string? Domain { get; init; }

    public string? MxPattern { get; init; }

    public string? Key { get; init; }

    public PeerDirections Directions { get; init; }

    public PeerLevel Level { get; init; }

    public IReadOnlyList<string>? Pins { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public string? Authorities { get; init; }

    public bool ShowCertificate { get; init; }

    public bool MayRelay { get; init; }

    public string? Note { get; init; }

    public static StoredPeerRule From(PeerRule rule) => new()
    {
        Network = rule.Network?.ToString(),
        Domain = rule.Domain,
        MxPattern = rule.MxPattern,
        Key = rule.Key,
        Directions = rule.Directions,
        Level = rule.Level,
        Pins = rule.Pins.Count > 0 ? rule.Pins : null,
        Names = rule.Names.Count > 0 ? rule.Names : null,
        Authorities = rule.Authorities,
        ShowCertificate = rule.ShowCertificate,
        MayRelay = rule.MayRelay,
        Note = rule.Note,
    };

    /// <exception cref="FormatException">The network is none.</exception>
    public PeerRule ToRule(string name) => new()
    {
        Name = name,
        Network = Network is null ? null : IPNetwork.Parse(Network),
        Domain = Domain,
        MxPattern = MxPattern,
        Key = Key,
        Directions = Directions,
        Level = Level,
        Pins = Pins ?? [],
        Names = Names ?? [],
        Authorities = Authorities,
        ShowCertificate = ShowCertificate,
        MayRelay = MayRelay,
        Note = Note,
    };
}

/// <summary>The JSON of what the peer policy keeps in the store. What an older server does not know it must not pass over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredPeerRule))]
internal sealed partial class PeerJson : JsonSerializerContext;
