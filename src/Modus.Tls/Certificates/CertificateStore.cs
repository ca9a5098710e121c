using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>
/// The certificates that are served. Read when made and again by <see cref="ReloadAsync"/>: a source that has changed for the
/// better is served from the next handshake on, one that has changed for the worse is refused and its last good certificate
/// stays. Connections under way never notice. Thread-safe.
/// </summary>
public sealed class CertificateStore : IDisposable
{
    private readonly TlsOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateStore> _log;
    private readonly SemaphoreSlim _reload = new(1, 1);
    private readonly SourceState[] _sources;
    private volatile CertificateSnapshot _current = CertificateSnapshot.Empty;
    private volatile IReadOnlyList<CertificateFault> _faults = [];

    /// <summary>Reads all sources; the faults of those that cannot be served are logged and in <see cref="Faults"/>.</summary>
    public CertificateStore(IOptions<TlsOptions> options, TimeProvider clock, ILogger<CertificateStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options.Value;
        _clock = clock;
        _log = logger;
        _sources = [.. _options.Certificates.Select(static source => new SourceState(source))];
        Task.Run(LoadAsync).GetAwaiter().GetResult(); // once, at the start: nobody can be served before

        // Opportunistic peers do not validate, and nobody may log in without TLS: some certificate is better than none.
        if (_current.Certificates.Count == 0) ServeSelfSigned();
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
            if (_sources.Length > 0)
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
            foreach (var state in _sources) await RenewAsync(state, faults);
        }
        finally
        {
            Publish(); // what is good, whatever became of the rest
        }

        _faults = faults;
    }

    private async Task RenewAsync(SourceState state, List<CertificateFault> faults)
    {
        try
        {
            await RenewAsync(state);
        }
        catch (CertificateException fault)
        {
            var found = new CertificateFault(state.Source.ToString(), fault.Kind, fault.Message);
            faults.Add(found);
            Refuse(state, found);
        }
    }

    private void Publish()
    {
        ServerCertificate[] served = [.. _sources.Select(static s => s.Served).OfType<ServerCertificate>()];
        if (served.Length > 0 && !served.SequenceEqual(_current.Certificates)) _current = new CertificateSnapshot(served);
    }

    private async Task RenewAsync(SourceState state)
    {
        var content = CertificateContent.Read(state.Source);
        if (content.Fingerprint == state.Served?.Fingerprint)
        {
            state.LastFault = null;
            CertificateCheck.Validity(
                state.Served.Leaf, state.Served.Handshake.ServerCertificateContext!.IntermediateCertificates, _clock.GetUtcNow());
            return;
        }

        var material = CertificateParser.Parse(state.Source, content);
        var chain = CertificateChain.Order(material.Leaf, material.Others);
        CertificateCheck.Validity(material.Leaf, chain, _clock.GetUtcNow());
        CertificateCheck.Usage(material.Leaf, material.IsEcdsa);
        var names = CertificateCheck.Names(material.Leaf, state.Source.Names);
        var options = HandshakeOptions(material.Leaf, chain);
        await CertificateCheck.HandshakeAsync(options);
        state.Served = new ServerCertificate(state.Source, material, names, options, ask => AskingOptions(material.Leaf, chain, ask));
        state.LastFault = null;
        TlsLog.CertificateServed(
            _log, state.Served.Source, string.Join(", ", names), state.Served.IsEcdsa ? "ECDSA" : "RSA", material.Leaf.NotAfter.ToUniversalTime());
    }

    private void Refuse(SourceState state, CertificateFault fault)
    {
        if (state.LastFault == fault) // said already
            return;
        state.LastFault = fault;
        if (state.Served is null)
            TlsLog.CertificateRefused(_log, fault.Source, fault.Kind, fault.Reason);
        else
            TlsLog.ReplacementRefused(_log, fault.Source, fault.Kind, fault.Reason, state.Served.Leaf.NotAfter.ToUniversalTime());
    }

    private void ServeSelfSigned()
    {
        var leaf = SelfSignedCertificate.Create(_options.HostName, _clock.GetUtcNow());
        var material = new CertificateMaterial(leaf, [], IsEcdsa: true, leaf.GetCertHashString(HashAlgorithmName.SHA256));
        var source = new CertificateSource { CertificateFile = "self-signed", IsDefault = true };
        _current = new CertificateSnapshot(
            [new ServerCertificate(source, material, HostNames.Of(leaf), HandshakeOptions(leaf, []), ask => AskingOptions(leaf, [], ask))]);
        TlsLog.SelfSigned(_log, _options.HostName);
    }

    // No cipher suites policy and no encryption policy: either makes the runtime forget every session (measured: none resumed).
    private SslServerAuthenticationOptions HandshakeOptions(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        var options = new SslServerAuthenticationOptions
        {
            // Not offline: the runtime fetches the OCSP answer in the background and staples it (RFC 6066 §8).
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: false),
            EnabledSslProtocols = _options.MinimumVersion == TlsVersion.Tls13
                ? SslProtocols.Tls13
                : SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_options.ClientCertificates == ClientCertificates.Optional) Ask(options);
        return options;
    }

    private SslServerAuthenticationOptions AskingOptions(X509Certificate2 leaf, X509Certificate2Collection chain, ClientAsk ask)
    {
        var options = HandshakeOptions(leaf, chain);
        Ask(options);

        // A session that began without the question must not go on where it is asked: its client would be nobody for as long as its
        // ticket is good. The runtime has one set of tickets for a certificate and a set of versions, so the set is another
        // one here; what it is then, the acceptor has seen in the ClientHello, and sees again behind the handshake.
        options.EnabledSslProtocols = SslProtocols.None;

        // A ticket holds the client's certificate and none of the others that it sent: its chain would be open.
        if (ask == ClientAsk.Chain) options.AllowTlsResume = false;
        return options;
    }

    private static void Ask(SslServerAuthenticationOptions options)
    {
        options.ClientCertificateRequired = true; // asks; the callback is what decides, and it takes none as well
        options.RemoteCertificateValidationCallback = AcceptedStream.Take;

        // Nothing is fetched because a stranger's certificate says where.
        options.CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck,
        };
    }

    private sealed class SourceState(CertificateSource source)
    {
        public CertificateSource Source { get; } = source;

        public ServerCertificate? Served { get; set; }

        public CertificateFault? LastFault { get; set; }
    }
}
