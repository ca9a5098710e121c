namespace Modus.Tls;

/// <summary>The ways in which somebody on the way keeps TLS off, or comes in between.</summary>
public enum TamperKind
{
    /// <summary>On the way out: a keyword of X's stands where STARTTLS should, as firewalls with SMTP inspection write it.</summary>
    MaskedOffer,

    /// <summary>On the way out: a next hop that always offered STARTTLS does not.</summary>
    VanishedOffer,

    /// <summary>On the way out: STARTTLS is accepted, and what follows is no handshake; a hop that always had one, or many hops at once.</summary>
    CutHandshake,

    /// <summary>On the way out: certificates of many hops suddenly come from one issuer that none of them had.</summary>
    ForeignIssuer,

    /// <summary>On the way in: clients send a word of X's where STARTTLS should stand.</summary>
    MangledCommand,

    /// <summary>On the way in: clients send STARTTLS, and then no ClientHello.</summary>
    SilentClient,
}

/// <summary>Tampering that is certain enough to be told. Immutable.</summary>
/// <param name="Kind">How.</param>
/// <param name="Place">Where: a next hop, a network, or <see cref="TamperSensor.OwnWay"/>.</param>
/// <param name="First">When the first sign was seen.</param>
/// <param name="Last">When the last one was.</param>
/// <param name="Signs">How many.</param>
/// <param name="Text">In words.</param>
public sealed record TamperFinding(TamperKind Kind, string Place, DateTimeOffset First, DateTimeOffset Last, long Signs, string Text);
