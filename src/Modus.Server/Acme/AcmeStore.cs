using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Modus.Storage;

namespace Modus.Server.Acme;

/// <summary>
/// What is kept of ACME: plans among the settings (<c>acme/&lt;name&gt;</c>, journalled), accounts with their keys and the state of each
/// plan among the records, which the journal of the settings does not keep. Thread-safe.
/// </summary>
internal sealed class AcmeStore(ISettings settings, IRecords records, TimeProvider clock)
{
    /// <summary>Plans that there may be: as many as managed certificates.</summary>
    public const int MaxPlans = Tls.ManagedCertificates.MaxCertificates;

    /// <summary>Accounts that there may be; who has more than a handful has mistaken them for something else.</summary>
    public const int MaxAccounts = 100;

    private const string Prefix = "acme/";
    private const string AccountKind = "acmeaccount";
    private const string StateKind = "acmestate";

    /// <summary>All plans that can be read, by name.</summary>
    public async ValueTask<IReadOnlyList<AcmePlan>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(static setting => Read(setting.Json, AcmeStoreJson.Default.AcmePlan)).OfType<AcmePlan>()];

    public async ValueTask<AcmePlan?> FindAsync(string name, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + name, cancellationToken) is { } setting ? Read(setting.Json, AcmeStoreJson.Default.AcmePlan) : null;

    /// <summary>Puts a plan in place of the one of its name, whose failures are forgotten; its certificate is wanted at once.</summary>
    /// <returns>Done, TooMany, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> PutAsync(AcmePlan plan, string by, CancellationToken cancellationToken)
    {
        var all = await settings.ListAsync(Prefix, cancellationToken);
        if (all.Count >= MaxPlans && !all.Any(one => one.Name == Prefix + plan.Name)) return StoreOutcome.TooMany;
        if (await PutStateAsync(plan.Name, Begin(plan), cancellationToken) is not StoreOutcome.Done and var refused) return refused;
        return await settings.SetAsync(Prefix + plan.Name, ToSetting(plan).Json, null, by, cancellationToken);
    }

    /// <summary>Removes a plan. The certificate stays.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(string name, string by, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + name, cancellationToken) is null) return StoreOutcome.NotFound;
        await records.RemoveAsync(StateKind, name, cancellationToken);
        return await settings.SetAsync(Prefix + name, null, null, by, cancellationToken);
    }

    public async ValueTask<AcmeState> StateAsync(string name, CancellationToken cancellationToken) =>
        await records.GetAsync(StateKind, name, cancellationToken) is { } record && Read(record.Json, AcmeStoreJson.Default.AcmeState) is { } state
            ? state
            : new AcmeState();

    public ValueTask<StoreOutcome> PutStateAsync(string name, AcmeState state, CancellationToken cancellationToken) =>
        records.PutAsync([ToRecord(StateKind, name, state, AcmeStoreJson.Default.AcmeState, clock.GetUtcNow())], cancellationToken);

    public async ValueTask<IReadOnlyList<StoredAcmeAccount>> ListAccountsAsync(CancellationToken cancellationToken) =>
        [.. (await records.ListAsync(AccountKind, "", null, MaxAccounts, cancellationToken))
            .Select(static record => Read(record.Json, AcmeStoreJson.Default.StoredAcmeAccount)).OfType<StoredAcmeAccount>()];

    public async ValueTask<StoredAcmeAccount?> FindAccountAsync(string name, CancellationToken cancellationToken) =>
        await records.GetAsync(AccountKind, name, cancellationToken) is { } record ? Read(record.Json, AcmeStoreJson.Default.StoredAcmeAccount) : null;

    /// <returns>Done, AlreadyExists, TooMany, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> AddAccountAsync(StoredAcmeAccount account, CancellationToken cancellationToken)
    {
        if (await records.GetAsync(AccountKind, account.Name, cancellationToken) is not null) return StoreOutcome.AlreadyExists;
        if ((await ListAccountsAsync(cancellationToken)).Count >= MaxAccounts) return StoreOutcome.TooMany;
        return await records.PutAsync([ToRecord(AccountKind, account.Name, account, AcmeStoreJson.Default.StoredAcmeAccount, clock.GetUtcNow())], cancellationToken);
    }

    /// <summary>Forgets an account with its key.</summary>
    /// <returns>Done, or NotFound.</returns>
    public ValueTask<StoreOutcome> RemoveAccountAsync(string name, CancellationToken cancellationToken) =>
        records.RemoveAsync(AccountKind, name, cancellationToken);

    /// <summary>The changes that put a plan in place of the one of its name, for several changes at once; its certificate is wanted at once.</summary>
    public static IEnumerable<StoreChange> ToChanges(AcmePlan plan, DateTimeOffset now) =>
        [new RecordPut(ToRecord(StateKind, plan.Name, Begin(plan), AcmeStoreJson.Default.AcmeState, now)), ToSetting(plan)];

    /// <summary>The changes that take a plan away.</summary>
    public static IEnumerable<StoreChange> ToRemoval(string name) => [new RecordRemoval(StateKind, name), new SettingPut(Prefix + name, null)];

    /// <summary>The change that puts an account in place of the one of its name.</summary>
    public static RecordPut ToAccountChange(StoredAcmeAccount account, DateTimeOffset now) =>
        new(ToRecord(AccountKind, account.Name, account, AcmeStoreJson.Default.StoredAcmeAccount, now));

    /// <summary>The change that forgets an account with its key.</summary>
    public static RecordRemoval ToAccountRemoval(string name) => new(AccountKind, name);

    private static AcmeState Begin(AcmePlan plan) => new() { Wanted = plan.Keys };

    private static SettingPut ToSetting(AcmePlan plan) => new(Prefix + plan.Name, JsonSerializer.Serialize(plan, AcmeStoreJson.Default.AcmePlan));

    private static StoredRecord ToRecord<T>(string kind, string key, T value, JsonTypeInfo<T> type, DateTimeOffset now) =>
        new(kind, key, JsonSerializer.Serialize(value, type), now);

    private static T? Read<T>(string json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null; // of another version: as if it were not there
        }
    }
}
