using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>
/// What an administrator may change of TLS while the server runs: for which protocols there is any, and the least version. A connection asks
/// when it is accepted, a handshake when it begins; what runs keeps what it began with. Thread-safe.
/// </summary>
/// <param name="options">The version at the start. All protocols begin switched on.</param>
public sealed class TlsSwitches(IOptions<TlsOptions> options)
{
    private volatile State _state = new((options ?? throw new ArgumentNullException(nameof(options))).Value.MinimumVersion, FrozenSet<string>.Empty);

    /// <summary>The least version that is taken.</summary>
    public TlsVersion MinimumVersion => _state.MinimumVersion;

    /// <summary>False where a protocol's listeners speak in clear only, and its implicit ones close what comes.</summary>
    /// <param name="protocol">As <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> got it; null is always on.</param>
    public bool IsOn(string? protocol) => protocol is null || !_state.Off.Contains(protocol);

    /// <summary>Changes both at once, for what comes from now on.</summary>
    /// <param name="minimumVersion">The least version.</param>
    /// <param name="off">The protocols without encryption, in lower case.</param>
    public void Set(TlsVersion minimumVersion, IEnumerable<string> off) => _state = new State(minimumVersion, off.ToFrozenSet(StringComparer.Ordinal));

    private sealed record State(TlsVersion MinimumVersion, FrozenSet<string> Off);
}
