using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>
/// The certificates that are served: those configured, and those managed by command. Read when made and again by
/// <see cref="ReloadAsync"/>, and whenever a managed one changes: a source that has changed for the better is served from the next
/// handshake on, one that has changed for the worse is refused and its last good certificate stays. Connections under way never
/// notice. Thread-safe.
/// </summary>
public sealed class CertificateStore : IDisposable
{
    private readonly TlsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateStore> _log;
    private readonly ManagedCertificates? _managed;
    private readonly ServerHandshake _handshakes;
    private readonly SemaphoreSlim _reload = new(1, 1);
    private readonly SourceState[] _configured;
    private IReadOnlyList<SourceState> _sources;
    private volatile CertificateSnapshot _current = CertificateSnapshot.Empty;
    private volatile IReadOnlyList<CertificateFault> _faults = [];

    /// <summary>Reads all sources; the faults of those that cannot be served are logged and in <see cref="Faults"/>.</summary>
    public CertificateStore(
        IOptions<TlsOptions> options, TimeProvider clock, ILogger<CertificateStore> logger, ManagedCertificates? managed = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _clock = clock;
        _log = logger;
        _managed = managed;
        _handshakes = new ServerHandshake(_options);
        _configured = [.. _options.Certificates.Select(static source => new SourceState(source))];
        _sources = _configured;
        Task.Run(LoadAsync).GetAwaiter().GetResult(); // once, at the start: nobody can be served before

        // Opportunistic peers do not validate, and nobody may log in without TLS: some certificate is better than none.
        if (_current.Certificates.Count == 0) ServeSelfSigned();
        if (managed is not null) managed.Changed = async cancellationToken => await ReloadAsync(cancellationToken);
    }

    /// <summary>What is served now.</summary>
    public IReadOnlyList<ServerCertificate> Certificates => _current.Certificates;

    /// <summary>What is wrong with the sources now; a source with a fault may still be served by what it was before.</summary>
    public IReadOnlyList<CertificateFault> Faults => _faults;

    internal CertificateSnapshot Current => _current;

    /// <summary>Reads all sources again and swaps what is served in one step.</summary>
    /// <returns>The faults that are there now; empty when all is well.</returns>
    public async Task<IReadOnlyList<CertificateFault>> ReloadAsync(CancellationToken cancellationToken = default)
    {
        await _reload.WaitAsync(cancellationToken);
        try
        {
            if (_configured.Length > 0 || _managed is not null)
                await Task.Run(LoadAsync, cancellationToken); // files and signatures: not on the caller's thread
            return _faults;
        }
        finally
        {
            _reload.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _reload.Dispose();

    private async Task LoadAsync()
    {
        var faults = new List<CertificateFault>();
        try
        {
            if (_managed is not null) _sources = WithManaged(_managed, faults);
            foreach (var state in _sources)
            {
                if (await state.RenewAsync(_handshakes, _clock.GetUtcNow(), _log) is { } fault) faults.Add(fault);
            }
        }
        finally
        {
            Publish(); // what is good, whatever became of the rest
        }

        _faults = faults;
    }

    // One that is there still keeps what is served of it, whatever it is for now.
    private List<SourceState> WithManaged(ManagedCertificates managed, List<CertificateFault> faults)
    {
        var before = _sources.Skip(_configured.Length).ToDictionary(static state => state.Source.ToString(), StringComparer.Ordinal);
        var now = new List<SourceState>(_configured);
        foreach (var entry in managed.Read())
        {
            if (entry.Fault is { } fault)
            {
                faults.Add(fault);
                now.AddRange(before.Values.Where(state => entry.Name is null || state.Source.Entry == entry.Name));
                continue;
            }

            foreach (var source in entry.Sources)
            {
                if (!before.TryGetValue(source.ToString(), out var state)) state = new SourceState(source);
                else if (!source.IsSameAs(state.Source)) state.Source = source;
                now.Add(state);
            }
        }

        return now;
    }

    private void Publish()
    {
        // What was put by command goes before what the configuration says: it was said later.
        ServerCertificate[] all = [.. _sources.Select(static s => s.Served).OfType<ServerCertificate>().OrderBy(static c => c.Terms.Entry is null)];
        ServerCertificate[] served = [.. all.Where(static c => !c.Terms.IsLastResort)];
        if (served.Length == 0) served = all;
        if (served.Length > 0 && !served.SequenceEqual(_current.Certificates)) _current = new CertificateSnapshot(served);
        else if (served.Length == 0 && _current.Certificates.Count > 0 && !_current.Certificates[0].Terms.IsLastResort) ServeSelfSigned(); // the last one was removed
    }

    private void ServeSelfSigned()
    {
        var leaf = SelfSignedCertificate.Create(_options.HostName, _clock.GetUtcNow());
        var material = new CertificateMaterial(leaf, [], IsEcdsa: true, leaf.GetCertHashString(HashAlgorithmName.SHA256));
        var source = new CertificateSource { CertificateFile = ServerCertificate.Makeshift, IsDefault = true, IsLastResort = true };
        _current = new CertificateSnapshot(
            [new ServerCertificate(
                source, material, HostNames.Of(leaf), _handshakes.OptionsFor(leaf, []), ask => _handshakes.AskingOptionsFor(leaf, [], ask))]);
        TlsLog.SelfSigned(_log, _options.HostName);
    }
}
