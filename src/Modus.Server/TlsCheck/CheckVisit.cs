using Modus.Tls;

namespace Modus.Server.TlsCheck;

/// <summary>How far a visit came.</summary>
internal enum CheckStep
{
    /// <summary>No connection.</summary>
    Connect,

    /// <summary>No greeting, or not that of the protocol.</summary>
    Greeting,

    /// <summary>TLS is not offered.</summary>
    Offer,

    /// <summary>TLS is not offered, and a keyword of X's stands in the offer.</summary>
    Masked,

    /// <summary>TLS is offered, and refused when asked for.</summary>
    Refused,

    /// <summary>The connection was closed, or anything but TLS came, where TLS should begin.</summary>
    Handshake,

    /// <summary>The certificate is not what was wanted.</summary>
    Verification,

    /// <summary>Encrypted.</summary>
    Done,
}

/// <summary>What one connection came to.</summary>
/// <param name="Step">Where it ended.</param>
/// <param name="Reason">Why it ended there; null when done.</param>
/// <param name="Session">What was agreed on; null unless done.</param>
internal sealed record CheckVisit(CheckStep Step, string? Reason, TlsClientSession? Session = null);
