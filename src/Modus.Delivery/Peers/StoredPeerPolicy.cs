using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Etrn;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Peers;

/// <summary>
/// The peer policy of the store. It is there before the first connection is taken; a change through the admin operations counts at
/// once (<see cref="ReloadAsync"/>), one by any other way within <see cref="Interval"/>. Questions are answered from memory.
/// </summary>
/// <param name="settings">The store.</param>
/// <param name="clock">The clock.</param>
/// <param name="log">The log.</param>
public sealed class StoredPeerPolicy(ISettings settings, TimeProvider clock, ILogger<StoredPeerPolicy> log)
    : BackgroundService, IHostedLifecycleService, IPeerPolicy
{
    /// <summary>How often the store is looked at: as certificates are found, within seconds; a look costs one read of some rows.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly EtrnGrantStore _grants = new(settings);
    private readonly SemaphoreSlim _reload = new(1, 1);
    private IReadOnlyList<Setting> _seen = [];
    private volatile PeerPolicy _current = new([], clock);
    private volatile bool _hasGrantedKeys;

    /// <summary>The rules that count now.</summary>
    public PeerPolicy Current => _current;

    /// <summary>Also when the mail of a domain may be asked for by a key (ETRN): a client shows one only when it is asked.</summary>
    public bool HasKeys => _hasGrantedKeys || _current.HasKeys;

    /// <inheritdoc/>
    public PeerRule? FindClient(IPAddress address) => _current.FindClient(address);

    /// <inheritdoc/>
    public PeerRule? FindNextHop(string? domain, string host, IPAddress? address) => _current.FindNextHop(domain, host, address);

    /// <inheritdoc/>
    public PeerRule? FindKey(string key) => _current.FindKey(key);

    /// <inheritdoc/>
    public string? JudgeClient(PeerRule rule, TlsSession? session) => _current.JudgeClient(rule, session);

    /// <summary>Reads the rules again; when it returns, what is in the store counts.</summary>
    public async ValueTask ReloadAsync(CancellationToken cancellationToken)
    {
        await _reload.WaitAsync(cancellationToken);
        try
        {
            _hasGrantedKeys = (await _grants.ListAsync(cancellationToken)).Any(static grant => grant.Keys.Count > 0);
            var stored = await settings.ListAsync(PeerRuleStore.Prefix, cancellationToken);
            if (stored.SequenceEqual(_seen)) return;
            _current = new PeerPolicy(Read(stored), clock);
            _seen = stored;
            PeerLog.RulesRead(log, _current.Rules.Count);
        }
        finally
        {
            _reload.Release();
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => ReloadAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override void Dispose()
    {
        _reload.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryReloadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async ValueTask TryReloadAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ReloadAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            PeerLog.RulesNotRead(log, fault); // what counted goes on counting
        }
    }

    // A rule that was demanded and cannot be read any more is not dropped: it would let mail through that it kept from going.
    private List<PeerRule> Read(IReadOnlyList<Setting> stored)
    {
        var rules = new List<PeerRule>(stored.Count);
        foreach (var setting in stored)
        {
            var rule = PeerRuleStore.Read(setting);
            if (rule is null)
            {
                PeerLog.RuleUnreadable(log, setting.Name);
                rule = _current.Rules.FirstOrDefault(old => PeerRuleStore.Prefix + old.Name == setting.Name);
            }

            if (rule is not null) rules.Add(rule);
        }

        return rules;
    }
}
