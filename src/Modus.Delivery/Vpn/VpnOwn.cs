using System.Text.Json;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Vpn;

/// <summary>This gateway's own side: its identity, and the card that it gives to others. Thread-safe.</summary>
internal sealed class VpnOwn(IRecords records, IDirectory directory, IOwnGateway server, TimeProvider clock) : IDisposable
{
    private const string Kind = "vpn-own";
    private const string ExchangeKey = "exchange";
    private const string NextKey = "next";

    private readonly SemaphoreSlim _loading = new(1, 1);
    private VpnIdentity? _identity;

    public async ValueTask<VpnIdentity> IdentityAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        try
        {
            return _identity ??= await VpnIdentity.LoadAsync(records, clock, cancellationToken);
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <summary>Has the identity read anew: another one was put into the store.</summary>
    public async ValueTask ForgetIdentityAsync(CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken);
        _identity = null; // not disposed: somebody may sign with it at this moment
        _loading.Release();
    }

    /// <summary>The card as it is now.</summary>
    /// <param name="domains">The domains to name; null for all of this server.</param>
    /// <param name="addresses">The addresses to name; null for those of the listeners.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<VpnCard> MakeCardAsync(IReadOnlyList<string>? domains, IReadOnlyList<string>? addresses, CancellationToken cancellationToken)
    {
        var own = server.Describe();
        var identity = await IdentityAsync(cancellationToken);
        var next = await NextKeysAsync(cancellationToken);
        return new VpnCard
        {
            Name = own.HostName,
            Identity = identity.PublicKey,
            Domains = domains ?? [.. (await directory.ListDomainsAsync(cancellationToken)).Select(static domain => domain.Name.Name)],
            Keys = [.. own.Keys.Concat(next).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Addresses = addresses ?? own.Addresses,
            Exchange = own.ExchangePort is { } port ? await GetAsync<string>(ExchangeKey, VpnJson.Default.String, cancellationToken) ?? $"{own.HostName}:{port}" : null,
            Serial = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        };
    }

    /// <summary>Says under which <c>host:port</c> others reach this gateway, from now on.</summary>
    public ValueTask<StoreOutcome> SetExchangeAsync(string exchange, CancellationToken cancellationToken) =>
        PutAsync(ExchangeKey, JsonSerializer.Serialize(exchange, VpnJson.Default.String), cancellationToken);

    /// <summary>Keys that will be shown soon; those that are shown by now are no longer among them.</summary>
    public async ValueTask<IReadOnlyList<string>> NextKeysAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync<string[]>(NextKey, VpnJson.Default.StringArray, cancellationToken) ?? []).Except(server.Describe().Keys, StringComparer.Ordinal)];

    /// <summary>Replaces the keys that will be shown soon.</summary>
    public ValueTask<StoreOutcome> SetNextKeysAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        PutAsync(NextKey, JsonSerializer.Serialize([.. keys], VpnJson.Default.StringArray), cancellationToken);

    /// <summary>The certificate keys that others can be told: more than a rule can take is a mistake of the administrator's.</summary>
    public static string? FindFault(VpnCard card) =>
        card.Keys.Count is > 0 and <= PeerRuleCheck.MaxPins ? null : $"This server has {card.Keys.Count} keys to show, and a gateway has 1 to {PeerRuleCheck.MaxPins}.";

    public void Dispose()
    {
        _identity?.Dispose();
        _loading.Dispose();
    }

    private async ValueTask<T?> GetAsync<T>(string key, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        await records.GetAsync(Kind, key, cancellationToken) is { } stored ? JsonSerializer.Deserialize(stored.Json, type) : null;

    private ValueTask<StoreOutcome> PutAsync(string key, string json, CancellationToken cancellationToken) =>
        records.PutAsync([new StoredRecord(Kind, key, json, clock.GetUtcNow())], cancellationToken);
}
