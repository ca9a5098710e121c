using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Try;

/// <summary>The ports of <c>modus try</c>: the standard ones moved out of the way of a real server.</summary>
/// <param name="Offset">Added to each; null lets the system choose every port.</param>
internal sealed record TryPorts(int? Offset)
{
    /// <summary>The most that keeps the highest port a port.</summary>
    public const int MaxOffset = 65535 - 2995;

    public static readonly (ListenerProtocol Protocol, TlsMode Tls, int Port)[] Standard =
    [
        (ListenerProtocol.Smtp, TlsMode.OnDemand, 2525),
        (ListenerProtocol.Submission, TlsMode.OnDemand, 2587),
        (ListenerProtocol.Submission, TlsMode.Implicit, 2465),
        (ListenerProtocol.Pop3, TlsMode.OnDemand, 2110),
        (ListenerProtocol.Pop3, TlsMode.Implicit, 2995),
        (ListenerProtocol.Imap, TlsMode.OnDemand, 2143),
        (ListenerProtocol.Imap, TlsMode.Implicit, 2993),
    ];

    private const int StandardHttp = 2080;

    /// <summary>Where metrics and health are.</summary>
    public int Http => For(StandardHttp);

    public int For(int standard) => Offset is { } offset ? standard + offset : 0;
}
