using Modus.Delivery.Queue;

namespace Modus.Delivery.OutboundTls;

/// <summary>How a memory of a next hop changes with what it meets. Pure.</summary>
internal static class HopMemory
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(2);

    public static HopRecord New(string hop, DateTimeOffset now) => new() { Hop = hop, FirstSeen = now, LastSeen = now };

    /// <summary>It spoke TLS.</summary>
    public static HopRecord OnEncrypted(this HopRecord record, SpokenTls tls, DateTimeOffset now) => record with
    {
        State = HopState.Tls,
        LastSeen = now,
        Sessions = record.Sessions + 1,
        Encrypted = record.Encrypted + 1,
        TlsDays = record.TlsLast?.UtcDateTime.Date == now.UtcDateTime.Date ? record.TlsDays : record.TlsDays + 1,
        TlsFirst = record.TlsFirst ?? now,
        TlsLast = now,
        Protocol = tls.Protocol,
        CipherSuite = tls.CipherSuite,
        Group = tls.Group,
        PeerKey = tls.PeerKey,
        Issuer = tls.Issuer ?? record.Issuer,
        IssuerSince = tls.Issuer is null || tls.Issuer == record.Issuer ? record.IssuerSince : now,
        Breaks = 0,
        BrokenUntil = null,
    };

    /// <summary>It did not offer TLS.</summary>
    public static HopRecord OnNotOffered(this HopRecord record, DateTimeOffset now) =>
        record.OnClear(now) with { State = HopState.NoOffer, BrokenUntil = null };

    /// <summary>A session in clear that says nothing new of TLS.</summary>
    public static HopRecord OnClear(this HopRecord record, DateTimeOffset now) =>
        record with { LastSeen = now, Sessions = record.Sessions + 1 };

    /// <summary>TLS broke, and a session in clear came about: it is TLS that is broken, not the way there.</summary>
    public static HopRecord OnBroken(this HopRecord record, TlsBreak how, string text, DateTimeOffset now, QueueOptions options)
    {
        // What broke side by side broke once: only what is met after its time says that it is broken still.
        if (record.IsBroken(now)) return record with { LastSeen = now, Break = how, BreakText = text };
        var breaks = record.Breaks + 1;
        var seconds = Math.Min(options.BrokenTls.TotalSeconds * Math.Pow(2, Math.Min(breaks - 1, 30)), options.LongestBrokenTls.TotalSeconds);
        return record with
        {
            State = HopState.Broken,
            LastSeen = now,
            Break = how,
            BreakText = text,
            BrokenAt = now,
            Breaks = breaks,
            BrokenUntil = now + TimeSpan.FromSeconds(seconds),
        };
    }

    /// <summary>
    /// What is remembered may be wrong: it asks for TLS, or a message does not get through in clear. Every next session tries TLS.
    /// </summary>
    public static HopRecord OnDoubt(this HopRecord record) =>
        record.State == HopState.Broken ? record with { State = HopState.Unknown, BrokenUntil = null } : record;

    /// <summary>True while TLS is not tried.</summary>
    public static bool IsBroken(this HopRecord record, DateTimeOffset now) => record.State == HopState.Broken && record.BrokenUntil > now;

    /// <summary>True when TLS broke and its time is over: one session tries it again, the others wait for what it finds.</summary>
    public static bool IsToProbe(this HopRecord record, DateTimeOffset now) => record.State == HopState.Broken && !record.IsBroken(now);

    /// <summary>
    /// True when it spoke TLS a moment ago: a handshake that breaks then is a hiccup, a limit or somebody on the way, and the message waits
    /// for the next try. Less than the first retry takes, so that none waits twice for it.
    /// </summary>
    public static bool SpokeLately(this HopRecord record, DateTimeOffset now) => now - record.TlsLast < Lately;

    /// <summary>True when the absence of TLS is suspicious.</summary>
    public static bool IsTrusted(this HopRecord record, QueueOptions options) => record.TlsDays >= options.DowngradeAfterDays;
}

/// <summary>What a session spoke.</summary>
internal readonly record struct SpokenTls(string Protocol, string CipherSuite, string? Group, string PeerKey)
{
    /// <summary>Who issued the certificate; null when that is not known.</summary>
    public string? Issuer { get; init; }
}
