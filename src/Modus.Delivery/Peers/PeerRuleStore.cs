using System.Text.Json;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Peers;

/// <summary>
/// The rules in the store: a setting <c>peers/&lt;name&gt;</c> each. Thread-safe. Who changes one tells the policy
/// (<see cref="StoredPeerPolicy.ReloadAsync"/>).
/// </summary>
public sealed class PeerRuleStore(ISettings settings)
{
    /// <summary>What the names of the settings begin with.</summary>
    public const string Prefix = "peers/";

    /// <summary>Rules that there may be: each peer of a large company by several; all of them are read in one go.</summary>
    public const int MaxRules = 10_000;

    /// <summary>All rules.</summary>
    public async ValueTask<StoredPeerRules> ListAsync(CancellationToken cancellationToken)
    {
        var stored = await settings.ListAsync(Prefix, cancellationToken);
        var rules = stored.Select(static setting => (setting.Name, Rule: Read(setting))).ToList();
        return new StoredPeerRules(
            [.. rules.Select(static read => read.Rule).OfType<PeerRule>()],
            [.. rules.Where(static read => read.Rule is null).Select(static read => read.Name[Prefix.Length..])]);
    }

    /// <summary>A rule; null when there is none of this name that can be read.</summary>
    public async ValueTask<PeerRule?> FindAsync(string name, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + name, cancellationToken) is { } setting ? Read(setting) : null;

    /// <summary>Adds a rule that has no faults, or puts it in place of the one with its name.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="replace">False: only if there is none of this name.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done, AlreadyExists, TooMany (<see cref="MaxRules"/>), or NoSpace.</returns>
    public async ValueTask<StoreOutcome> PutAsync(PeerRule rule, bool replace, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var name = Prefix + rule.Name;
        if (await settings.GetAsync(name, cancellationToken) is null && (await settings.ListAsync(Prefix, cancellationToken)).Count >= MaxRules)
            return StoreOutcome.TooMany;
        var outcome = await settings.SetAsync(name, ToChange(rule).Json, replace ? null : 0, changedBy, cancellationToken);
        return outcome == StoreOutcome.NotAllowed ? StoreOutcome.AlreadyExists : outcome;
    }

    /// <summary>Removes a rule.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(string name, string changedBy, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + name, cancellationToken) is null) return StoreOutcome.NotFound;
        return await settings.SetAsync(Prefix + name, null, null, changedBy, cancellationToken);
    }

    /// <summary>The change that puts a rule in place of the one with its name, for several changes at once.</summary>
    public static SettingPut ToChange(PeerRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return new SettingPut(Prefix + rule.Name, JsonSerializer.Serialize(StoredPeerRule.From(rule), PeerJson.Default.StoredPeerRule));
    }

    /// <summary>The change that removes a rule.</summary>
    public static SettingPut ToRemoval(string name) => new(Prefix + name, null);

    /// <summary>Null when it cannot be read.</summary>
    internal static PeerRule? Read(Setting setting)
    {
        try
        {
            return JsonSerializer.Deserialize(setting.Json, PeerJson.Default.StoredPeerRule)?.ToRule(setting.Name[Prefix.Length..]);
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }
}

/// <summary>What is stored.</summary>
/// <param name="Rules">The rules, by name.</param>
/// <param name="Unreadable">The names of those that cannot be read, such as a newer server's.</param>
public sealed record StoredPeerRules(IReadOnlyList<PeerRule> Rules, IReadOnlyList<string> Unreadable);
