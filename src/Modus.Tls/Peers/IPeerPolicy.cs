using System.Net;

namespace Modus.Tls;

/// <summary>
/// The one policy about peers, for both directions. A change takes effect with the next question. Thread-safe, and quick: it is asked
/// for every connection.
/// </summary>
public interface IPeerPolicy
{
    /// <summary>
    /// The rule for a client at this address: the one with the longest prefix. Rules by key alone demand nothing before the handshake.
    /// </summary>
    PeerRule? FindClient(IPAddress address);

    /// <summary>
    /// The rule for a next hop: of the best by the domain that the mail is for, the best by the host's name and the best by its
    /// address, the strictest; of equally strict ones in this order. So nothing that DNS says can weaken what is demanded for a domain.
    /// </summary>
    PeerRule? FindNextHop(string? domain, string host, IPAddress? address);

    /// <summary>The rule for clients that show this key (SHA-256 of SubjectPublicKeyInfo, lower-case hex).</summary>
    PeerRule? FindKey(string key);

    /// <summary>True when there are rules by key, so that clients without another rule are asked for a certificate, too.</summary>
    bool HasKeys { get; }

    /// <summary>
    /// Judges a client after the handshake.
    /// </summary>
    /// <returns>Null when it satisfies the rule; otherwise why not, in words.</returns>
    string? JudgeClient(PeerRule rule, TlsSession? session);
}

/// <summary>A policy that demands nothing, where none is configured.</summary>
public sealed class NoPeerPolicy : IPeerPolicy
{
    /// <summary>The one that there is.</summary>
    public static readonly NoPeerPolicy Instance = new();

    /// <inheritdoc/>
    public PeerRule? FindClient(IPAddress address) => null;

    /// <inheritdoc/>
    public PeerRule? FindNextHop(string? domain, string host, IPAddress? address) => null;

    /// <inheritdoc/>
    public PeerRule? FindKey(string key) => null;

    /// <inheritdoc/>
    public bool HasKeys => false;

    /// <inheritdoc/>
    public string? JudgeClient(PeerRule rule, TlsSession? session) => null;
}
