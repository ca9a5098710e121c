using Modus.Tls;

namespace Modus.Protocols.Wire;

/// <summary>
/// What the peer policy demands of the client of one connection, and whether it is done. The policy is asked anew each time, so that a
/// change counts in sessions that are open, too. Used by one session.
/// </summary>
internal sealed class PeerGuard(IPeerPolicy policy, WireConnection wire)
{
    private PeerRule? _judged;
    private TlsSession? _session;
    private string? _fault;

    /// <summary>The rule for the client's address; null when there is none.</summary>
    public PeerRule? Rule => wire.RemoteAddress is { } address ? policy.FindClient(address) : null;

    /// <summary>True while the client must encrypt before anything else.</summary>
    public bool NeedsTls => !wire.Tls.IsEncrypted && Rule is { Level: >= PeerLevel.Encrypt };

    /// <summary>True when it must, and this listener has no TLS.</summary>
    public bool IsShutOut => NeedsTls && wire.Tls.Mode == TlsMode.None;

    /// <summary>Why a client that encrypts is not who it must be, with the rule's name; null when it is, and while it does not encrypt.</summary>
    public string? Fault => wire.Tls.IsEncrypted && Rule is { Level: > PeerLevel.Encrypt } rule ? Judge(rule) : null;

    /// <summary>A rule whose demands the client fulfils, one that lets it relay before others; null for none.</summary>
    public PeerRule? Fulfilled
    {
        get
        {
            if (NeedsTls || Fault is not null) return null;
            var byKey = wire.Tls.Session?.ClientKey is { } key ? policy.FindKey(key) : null;
            return byKey is { MayRelay: true } ? byKey : Rule ?? byKey;
        }
    }

    // A chain is built once: the same rule and the same session give the same answer.
    private string? Judge(PeerRule rule)
    {
        if (ReferenceEquals(rule, _judged) && ReferenceEquals(wire.Tls.Session, _session)) return _fault;
        (_judged, _session) = (rule, wire.Tls.Session);
        _fault = policy.JudgeClient(rule, _session) is { } fault ? $"{fault} (peer rule {rule.Name})" : null;
        return _fault;
    }
}
