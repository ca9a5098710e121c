using Modus.Tls;

namespace Modus.Testing.Wire;

/// <summary>A TLS feature that plays its part without cryptography: in clear, encrypted, or to be upgraded.</summary>
public sealed class ScriptedTls : ITlsFeature
{
    public TlsMode Mode { get; init; } = TlsMode.OnDemand;

    public bool IsEncrypted { get; set; }

    public TlsSession? Session => IsEncrypted ? Agreed : null;

    /// <summary>What was agreed on once it is encrypted; null as if nothing could be told.</summary>
    public TlsSession? Agreed { get; init; }

    public bool CanUpgrade => Mode == TlsMode.OnDemand && !IsEncrypted;

    /// <summary>How the next upgrade ends.</summary>
    public TlsUpgradeOutcome Outcome { get; init; } = TlsUpgradeOutcome.Upgraded;

    public static ScriptedTls Clear => new();

    public static ScriptedTls Encrypted => new() { IsEncrypted = true };

    public ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken)
    {
        IsEncrypted = Outcome == TlsUpgradeOutcome.Upgraded;
        return new(Outcome);
    }

    public byte[]? GetChannelBinding(TlsChannelBinding type) => null;
}
