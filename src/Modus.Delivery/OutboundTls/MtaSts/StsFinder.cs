using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>
/// The MTA-STS policies of other domains: found by their TXT records, fetched when an id is new, kept across restarts until they expire
/// whatever the DNS and the policy host say meanwhile (RFC 8461 §3.1, §5.1). Thread-safe.
/// </summary>
internal sealed class StsFinder(
    IMailDns dns, IStsFetcher fetcher, IRecords records, ITlsReportSink reports, TimeProvider clock, ILogger<StsFinder> log)
{
    public const string Kind = "sts";

    private const int MaxKnown = 10_000; // in memory; all of them are in the store

    // RFC 8461 §3.3: five minutes or longer before the same version is tried again; §3.1: a daily look keeps a policy from expiring.
    private static readonly TimeSpan Backoff = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Freshness = TimeSpan.FromDays(1);

    private readonly ExpiringCache<Domain, KnownPolicy> _known = new(MaxKnown, clock);
    private readonly ExpiringCache<(Domain Domain, string Id), bool> _failed = new(MaxKnown, clock);
    private readonly ConcurrentDictionary<Domain, Lazy<Task<StsPolicy?>>> _fetching = new();

    public async ValueTask<StsPolicy?> FindAsync(Domain domain, CancellationToken cancellationToken)
    {
        var known = await LoadAsync(domain, cancellationToken);
        var text = await dns.FindTextAsync("_mta-sts." + domain.Name, cancellationToken);
        if (StsText.FindId(text.Records) is not { } id) return known?.Policy;
        var isSame = known?.Policy.Id == id;
        if (isSame && clock.GetUtcNow() - known!.FetchedAt < Freshness) return known.Policy;
        if (_failed.TryGet((domain, id), out _)) return known?.Policy;
        var fetch = FetchOnce(domain, id);
        if (isSame) return known!.Policy; // it is looked after meanwhile
        return await fetch.WaitAsync(cancellationToken) ?? known?.Policy;
    }

    // One fetch at a time for a domain, whoever else waits for it; nobody's cancellation ends it.
    private Task<StsPolicy?> FetchOnce(Domain domain, string id) =>
        _fetching.GetOrAdd(domain, static (domain, all) => new(() => all.Finder.FetchAsync(domain, all.Id)), (Finder: this, Id: id)).Value;

    private async Task<StsPolicy?> FetchAsync(Domain domain, string id)
    {
        await Task.Yield(); // the entry must be there before it is removed
        try
        {
            var fetch = await fetcher.FetchAsync(domain, id, CancellationToken.None);
            if (fetch.Policy is { } policy)
            {
                await SaveAsync(domain, new KnownPolicy(policy, clock.GetUtcNow()));
                return policy;
            }

            _failed.Put((domain, id), true, clock.GetUtcNow() + Backoff);
            StsLog.NotFetched(log, domain, fetch.Detail!);
            reports.OnTry(new TlsTry(
                domain, clock.GetUtcNow(), null, null, StsFetcher.HostOf(domain), null, null, fetch.ResultType, fetch.Detail));
            return null;
        }
        finally
        {
            _fetching.TryRemove(domain, out _);
        }
    }

    private async ValueTask<KnownPolicy?> LoadAsync(Domain domain, CancellationToken cancellationToken)
    {
        if (_known.TryGet(domain, out var known)) return known;
        if (await records.GetAsync(Kind, domain.Name, cancellationToken) is not { Expires: { } expires } stored) return null;
        var json = JsonSerializer.Deserialize(stored.Json, StsJson.Default.StoredPolicy)!;
        if (StsText.Parse(json.Id, Encoding.UTF8.GetBytes(string.Join('\n', json.Lines))).Policy is not { } policy) return null;
        known = new KnownPolicy(policy, json.FetchedAt);
        _known.Put(domain, known, expires);
        return known;
    }

    private async ValueTask SaveAsync(Domain domain, KnownPolicy known)
    {
        var expires = known.FetchedAt + known.Policy.MaxAge;
        _known.Put(domain, known, expires);
        var json = JsonSerializer.Serialize(new StoredPolicy(known.Policy.Id, known.Policy.Lines, known.FetchedAt), StsJson.Default.StoredPolicy);
        try
        {
            var outcome = await records.PutAsync([new StoredRecord(Kind, domain.Name, json, known.FetchedAt, expires)], CancellationToken.None);
            if (outcome != StoreOutcome.Done) StsLog.NotKept(log, domain, $"{outcome}");
        }
        catch (StoreFailedException failed)
        {
            StsLog.NotKept(log, domain, failed.Message); // the server ends by itself; the message goes by the policy all the same
        }
    }

    private sealed record KnownPolicy(StsPolicy Policy, DateTimeOffset FetchedAt);
}
