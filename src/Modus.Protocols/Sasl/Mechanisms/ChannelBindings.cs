using Modus.Tls;

namespace Modus.Protocols.Sasl.Mechanisms;

/// <summary>The channel bindings that -PLUS mechanisms may name (RFC 5056, RFC 9266, RFC 5929 §4).</summary>
internal static class ChannelBindings
{
    public static bool AreAvailable(ITlsFeature tls) =>
        tls.GetChannelBinding(TlsChannelBinding.Exporter) is not null
        || tls.GetChannelBinding(TlsChannelBinding.ServerEndPoint) is not null;

    /// <returns>The data; null when there is no such binding on this connection.</returns>
    public static byte[]? Find(ITlsFeature tls, string name) => name switch
    {
        "tls-exporter" => tls.GetChannelBinding(TlsChannelBinding.Exporter),
        "tls-server-end-point" => tls.GetChannelBinding(TlsChannelBinding.ServerEndPoint),
        _ => null,
    };
}
