using Modus.Tls;

namespace Modus.Protocols.Wire;

/// <summary>The encryption of a connection that no TLS room saw: none, and none to be had.</summary>
internal sealed class NoTls : ITlsFeature
{
    public static readonly NoTls Instance = new();

    public TlsMode Mode => TlsMode.None;

    public bool IsEncrypted => false;

    public TlsSession? Session => null;

    public bool CanUpgrade => false;

    public ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken) => new(TlsUpgradeOutcome.Failed);

    public byte[]? GetChannelBinding(TlsChannelBinding type) => null;
}
