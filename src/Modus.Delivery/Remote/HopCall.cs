using System.Net;
using Modus.Delivery.OutboundTls;
using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>One address of a host to be called, and what is known of it. Immutable.</summary>
internal sealed record HopCall
{
    /// <summary>Whose mail it is.</summary>
    public required Destination Destination { get; init; }

    /// <summary>The host.</summary>
    public required HopHost Host { get; init; }

    /// <summary>The address.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>The route that led here; null for none.</summary>
    public MailRoute? Route { get; init; }

    /// <summary>The owner's rule; null for none.</summary>
    public PeerRule? Rule { get; init; }

    /// <summary>What DANE says; null when nobody asked.</summary>
    public DaneVerdict? Dane { get; init; }

    /// <summary>The MTA-STS policy; null for none.</summary>
    public StsPolicy? Sts { get; init; }

    /// <summary>What the sender demands.</summary>
    public TlsDemand Demand { get; init; }

    /// <summary>True when the host has just asked for TLS.</summary>
    public bool HopAsksForTls { get; init; }

    /// <summary>True when a kept session will not do: the last one turned out to be dead.</summary>
    public bool FreshOnly { get; init; }

    /// <summary>The host's name in the ledger.</summary>
    public string Key => HopKey.Of(Host.Name, Host.Port);

    /// <summary>Host and address, for people.</summary>
    public string Words => Host.Address is null ? $"{Host.Name} [{EndPoint.Address}]:{EndPoint.Port}" : $"{EndPoint}";
}

/// <summary>What came of a call.</summary>
/// <param name="Place">The place with its session; null when there is none. The caller's to dispose.</param>
/// <param name="Terms">The terms under which it came about, or did not.</param>
/// <param name="Fault">Why there is no session; null when there is.</param>
internal sealed record HopAnswer(SessionPool.Place? Place, HopTerms Terms, HopFault? Fault)
{
    /// <summary>True when the session is in clear because TLS is remembered as broken, and was not tried.</summary>
    public bool IsClearByMemory { get; init; }
}

/// <summary>When work is to end.</summary>
/// <param name="Stopping">Begin nothing new.</param>
/// <param name="Abort">Break off.</param>
internal readonly record struct WorkTokens(CancellationToken Stopping, CancellationToken Abort);
