namespace Modus.Tls;

/// <summary>Which rule decides, and why, for people.</summary>
/// <param name="Rule">The rule; null when none is about the peer.</param>
/// <param name="Reason">A sentence.</param>
public sealed record PeerDecision(PeerRule? Rule, string Reason);
