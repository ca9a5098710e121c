using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <param name="Rule">The rule.</param>
/// <param name="Replace">True when it may take the place of one with its name.</param>
/// <param name="Rehearse">True to add it only if it would have kept back no mail.</param>
internal sealed record PeerWish(PeerRule Rule, bool Replace, bool Rehearse = false);

/// <param name="Rule">The rule.</param>
/// <param name="Days">How far to look back.</param>
internal sealed record RehearsalWish(PeerRule Rule, int Days);

internal sealed record PeerName(string Name);

/// <param name="Address">A client's address; null when none is asked about.</param>
/// <param name="Host">A next hop's name; null when none is asked about.</param>
/// <param name="Domain">The domain that mail is for; null for any.</param>
internal sealed record PeerQuestion(string? Address, string? Host, string? Domain);

/// <param name="Direction">Which way.</param>
/// <param name="Rule">The rule that decides; null for none.</param>
/// <param name="Reason">Why, in words.</param>
internal sealed record PeerAnswer(PeerDirections Direction, string? Rule, string Reason);
