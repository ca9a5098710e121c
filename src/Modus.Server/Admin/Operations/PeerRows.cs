using System.Net;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>A peer rule, for people and scripts.</summary>
internal sealed record PeerRow(
    string Name,
    string? Network,
    string? Domain,
    string? Host,
    string? Key,
    PeerDirections Directions,
    PeerLevel Level,
    IReadOnlyList<string> Pins,
    IReadOnlyList<string> Names,
    string? Authorities,
    bool ShowCertificate,
    bool MayRelay,
    string? Note)
{
    public static PeerRow From(PeerRule rule) => new(
        rule.Name, rule.Network?.ToString(), rule.Domain, rule.MxPattern, rule.Key, rule.Directions, rule.Level, rule.Pins, rule.Names,
        rule.Authorities, rule.ShowCertificate, rule.MayRelay, rule.Note);

    public PeerRule ToRule() => new()
    {
        Name = Name,
        Network = Network is null ? null : IPNetwork.Parse(Network),
        Domain = Domain,
        MxPattern = Host,
        Key = Key,
        Directions = Directions,
        Level = Level,
        Pins = Pins,
        Names = Names,
        Authorities = Authorities,
        ShowCertificate = ShowCertificate,
        MayRelay = MayRelay,
        Note = Note,
    };
}

/// <param name="Rule">The rule.</param>
/// <param name="Replace">True when it may take the place of one with its name.</param>
internal sealed record PeerWish(PeerRow Rule, bool Replace);

internal sealed record PeerName(string Name);

/// <param name="Address">A client's address; null when none is asked about.</param>
/// <param name="Host">A next hop's name; null when none is asked about.</param>
/// <param name="Domain">The domain that mail is for; null for any.</param>
internal sealed record PeerQuestion(string? Address, string? Host, string? Domain);

/// <param name="Direction">Which way.</param>
/// <param name="Rule">The rule that decides; null for none.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record PeerAnswer(PeerDirections Direction, string? Rule, string Reason);
