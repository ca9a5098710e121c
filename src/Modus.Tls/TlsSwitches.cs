using System.Collections.Frozen;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>
/// What an administrator may change of TLS while the server runs: for which protocols there is any, the least version, and what a listener
/// does. A connection asks when it is accepted, a handshake when it begins; what runs keeps what it began with. Thread-safe.
/// </summary>
/// <param name="options">The version at the start. All protocols begin switched on.</param>
public sealed class TlsSwitches(IOptions<TlsOptions> options)
{
    private volatile State _state = new((options ?? throw new ArgumentNullException(nameof(options))).Value.MinimumVersion, FrozenSet<string>.Empty, FrozenDictionary<string, TlsListenerTerms>.Empty);

    /// <summary>The least version that is taken where a listener has none of its own.</summary>
    public TlsVersion MinimumVersion => _state.MinimumVersion;

    /// <summary>The least version that is taken at a listener.</summary>
    /// <param name="listener">As <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> got it; null for one without terms of its own.</param>
    public TlsVersion MinimumVersionOf(string? listener)
    {
        var state = _state;
        return listener is not null && state.Listeners.TryGetValue(listener, out var terms) ? terms.MinimumVersion : state.MinimumVersion;
    }

    /// <summary>What a listener does about TLS.</summary>
    /// <param name="listener">As <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> got it; null for one without terms of its own.</param>
    /// <param name="built">What it was built to do.</param>
    public TlsMode ModeOf(string? listener, TlsMode built) =>
        listener is not null && _state.Listeners.TryGetValue(listener, out var terms) ? terms.Mode : built;

    /// <summary>False where a protocol's listeners speak in clear only, and its implicit ones close what comes.</summary>
    /// <param name="protocol">As <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> got it; null is always on.</param>
    public bool IsOn(string? protocol) => protocol is null || !_state.Off.Contains(protocol);

    /// <summary>Changes all at once, for what comes from now on.</summary>
    /// <param name="minimumVersion">The least version.</param>
    /// <param name="off">The protocols without encryption, in lower case.</param>
    /// <param name="listeners">What listeners do, by what <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> got; null: what they were built to do.</param>
    public void Set(TlsVersion minimumVersion, IEnumerable<string> off, IReadOnlyDictionary<string, TlsListenerTerms>? listeners = null) => _state = new State(
        minimumVersion,
        off.ToFrozenSet(StringComparer.Ordinal),
        listeners?.ToFrozenDictionary(StringComparer.Ordinal) ?? FrozenDictionary<string, TlsListenerTerms>.Empty);

    private sealed record State(TlsVersion MinimumVersion, FrozenSet<string> Off, FrozenDictionary<string, TlsListenerTerms> Listeners);
}

/// <summary>What a listener does, whatever it was built to do.</summary>
/// <param name="Mode">What it does about TLS.</param>
/// <param name="MinimumVersion">The least version that is taken there.</param>
public sealed record TlsListenerTerms(TlsMode Mode, TlsVersion MinimumVersion);
