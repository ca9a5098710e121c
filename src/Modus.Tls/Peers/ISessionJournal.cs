using System.Net;

namespace Modus.Tls;

/// <summary>
/// Hears of each session that moved mail or in which somebody logged in, both ways: what a change of the peer policy is rehearsed on.
/// Quick, never waits for anything and never fails its caller. Thread-safe.
/// </summary>
public interface ISessionJournal
{
    /// <summary>Takes one session, at its end.</summary>
    void Note(SessionNote session);
}

/// <summary>A journal that keeps nothing, where none is configured.</summary>
public sealed class NoSessionJournal : ISessionJournal
{
    /// <summary>The one that there is.</summary>
    public static readonly NoSessionJournal Instance = new();

    /// <inheritdoc/>
    public void Note(SessionNote session)
    {
    }
}

/// <summary>How a session went, as far as a rule can be about it.</summary>
public sealed record SessionNote
{
    /// <summary>Whether the peer came to us, or we went to it; one of both.</summary>
    public required PeerDirections Direction { get; init; }

    /// <summary><c>smtp</c>, <c>submission</c>, <c>pop3</c> or <c>imap</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The peer's address; null in memory.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The host that we went to, or what the client called itself; null when it said nothing.</summary>
    public string? Name { get; init; }

    /// <summary>The domain that the mail was for, on its way out; the domain of a sender on its way in. Null for none.</summary>
    public string? Domain { get; init; }

    /// <summary>True for a session in TLS.</summary>
    public required bool IsEncrypted { get; init; }

    /// <summary>How the peer was verified.</summary>
    public VerifiedBy Verified { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the peer's key, lower-case hex; null when it showed none.</summary>
    public string? Key { get; init; }
}

/// <summary>How a peer was verified.</summary>
public enum VerifiedBy
{
    /// <summary>Not at all.</summary>
    Nothing,

    /// <summary>By an authority and a name.</summary>
    WebPki,

    /// <summary>By TLSA records.</summary>
    Dane,

    /// <summary>By a key that a rule names.</summary>
    Pin,
}
