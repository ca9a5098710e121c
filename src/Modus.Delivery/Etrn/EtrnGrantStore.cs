using System.Text.Json;
using Modus.Storage;

namespace Modus.Delivery.Etrn;

/// <summary>The grants in the store: a setting <c>etrn/&lt;node&gt;</c> each. Thread-safe.</summary>
public sealed class EtrnGrantStore(ISettings settings)
{
    private const string Prefix = "etrn/";

    /// <summary>Grants that there may be: all of them are read in one go.</summary>
    public const int MaxGrants = 10_000;

    /// <summary>Networks, keys, accounts or domains of one grant: it is looked through for each request.</summary>
    public const int MaxNames = 1000;

    /// <summary>All grants that can be read, by node. One that cannot grants nothing.</summary>
    public async ValueTask<IReadOnlyList<EtrnGrant>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(Read).OfType<EtrnGrant>()];

    /// <summary>A grant; null when there is none for this node that can be read.</summary>
    public async ValueTask<EtrnGrant?> FindAsync(string node, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + node, cancellationToken) is { } setting ? Read(setting) : null;

    /// <summary>Puts a grant in place of the one for its node.</summary>
    /// <param name="grant">The grant.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done, TooMany (<see cref="MaxGrants"/>, <see cref="MaxNames"/>), or NoSpace.</returns>
    public async ValueTask<StoreOutcome> PutAsync(EtrnGrant grant, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (Math.Max(Math.Max(grant.Networks.Count, grant.Keys.Count), Math.Max(grant.Accounts.Count, grant.Domains.Count)) > MaxNames)
            return StoreOutcome.TooMany;
        var name = Prefix + grant.Node;
        if (await settings.GetAsync(name, cancellationToken) is null && (await settings.ListAsync(Prefix, cancellationToken)).Count >= MaxGrants)
            return StoreOutcome.TooMany;
        return await settings.SetAsync(name, ToChange(grant).Json, null, changedBy, cancellationToken);
    }

    /// <summary>Takes a grant away.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(string node, string changedBy, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + node, cancellationToken) is null) return StoreOutcome.NotFound;
        return await settings.SetAsync(Prefix + node, null, null, changedBy, cancellationToken);
    }

    /// <summary>The change that puts a grant in place of the one for its node, for several changes at once.</summary>
    public static SettingPut ToChange(EtrnGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        return new SettingPut(Prefix + grant.Node, JsonSerializer.Serialize(StoredEtrnGrant.From(grant), EtrnJson.Default.StoredEtrnGrant));
    }

    /// <summary>The change that takes a grant away.</summary>
    public static SettingPut ToRemoval(string node) => new(Prefix + node, null);

    private static EtrnGrant? Read(Setting setting)
    {
        try
        {
            return JsonSerializer.Deserialize(setting.Json, EtrnJson.Default.StoredEtrnGrant)?.ToGrant(setting.Name[Prefix.Length..]);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }
}
