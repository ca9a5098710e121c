using System.Text.Json;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Etrn;

/// <summary>The grants in the store. A change counts within seconds. Thread-safe.</summary>
public sealed class EtrnGrants(ISettings settings, TimeProvider clock)
{
    private const string Prefix = "etrn/";
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    private volatile Snapshot? _snapshot;

    /// <summary>All grants, by domain.</summary>
    public async ValueTask<IReadOnlyList<EtrnGrant>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(static setting => Read(setting.Json)).OfType<EtrnGrant>()];

    /// <summary>The same, from memory while it is fresh: sessions ask at each EHLO.</summary>
    internal async ValueTask<IReadOnlyList<EtrnGrant>> PeekAsync(CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        if (snapshot is null || clock.GetElapsedTime(snapshot.ReadAt) >= RereadAfter)
            _snapshot = snapshot = new Snapshot(await ListAsync(cancellationToken), clock.GetTimestamp());
        return snapshot.Grants;
    }

    /// <summary>Puts a grant in place of the one that the domain has.</summary>
    /// <returns>Done or NoSpace.</returns>
    public ValueTask<StoreOutcome> SetAsync(EtrnGrant grant, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grant);
        return settings.SetAsync(Prefix + grant.Domain, JsonSerializer.Serialize(grant, DeliveryJson.Default.EtrnGrant), null, changedBy, cancellationToken);
    }

    /// <summary>Removes a domain's grant.</summary>
    /// <returns>Done, NotFound or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(Domain domain, string changedBy, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + domain.Name, cancellationToken) is null
            ? StoreOutcome.NotFound
            : await settings.SetAsync(Prefix + domain.Name, null, null, changedBy, cancellationToken);

    // One that cannot be read lets nobody in.
    private static EtrnGrant? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DeliveryJson.Default.EtrnGrant);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Snapshot(IReadOnlyList<EtrnGrant> Grants, long ReadAt);
}
