using System.Text.Json;
using Modus.Delivery.Peers;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>The partners in the store (settings <c>vpn/&lt;name&gt;</c>) with the peer rules that they are made of. Thread-safe.</summary>
/// <param name="settings">The store.</param>
public sealed class VpnPartnerStore(ISettings settings)
{
    private const string Prefix = "vpn/";
    private const string ChangedBy = "e-mail VPN";

    /// <summary>Partners that there may be: all of them are read in one go.</summary>
    public const int MaxPartners = 1000;

    private readonly PeerRuleStore _rules = new(settings);

    /// <summary>All partners that can be read, by name.</summary>
    public async ValueTask<IReadOnlyList<VpnPartner>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(Read).OfType<VpnPartner>()];

    /// <summary>A partner; null when there is none of this name.</summary>
    public async ValueTask<VpnPartner?> FindAsync(string name, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + name, cancellationToken) is { } setting ? Read(setting) : null;

    /// <summary>The partner whose rule this is; null when it is nobody's.</summary>
    public async ValueTask<VpnPartner?> FindByRuleAsync(string rule, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(partner => rule.StartsWith(partner.RulePrefix, StringComparison.Ordinal));

    /// <summary>
    /// Puts a partner, with its rules, in place of the one of its name. The new rules are there before old ones go: nothing is let
    /// through in between.
    /// </summary>
    /// <returns>Done, TooMany, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> PutAsync(VpnPartner partner, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(partner);
        if (await FindAsync(partner.Name, cancellationToken) is null && (await settings.ListAsync(Prefix, cancellationToken)).Count >= MaxPartners)
            return StoreOutcome.TooMany;
        var rules = partner.ToRules().ToList();
        foreach (var rule in rules)
            if (await _rules.PutAsync(rule, replace: true, ChangedBy, cancellationToken) is not StoreOutcome.Done and var refused) return refused;
        var json = JsonSerializer.Serialize(partner, VpnJson.Default.VpnPartner);
        var outcome = await settings.SetAsync(Prefix + partner.Name, json, null, ChangedBy, cancellationToken);
        if (outcome == StoreOutcome.Done) await RemoveRulesAsync(partner.RulePrefix, [.. rules.Select(static rule => rule.Name)], cancellationToken);
        return outcome;
    }

    /// <summary>Removes a partner and its rules.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + name, cancellationToken) is null) return StoreOutcome.NotFound;
        await RemoveRulesAsync(VpnPartner.PrefixOf(name), [], cancellationToken);
        return await settings.SetAsync(Prefix + name, null, null, ChangedBy, cancellationToken);
    }

    /// <summary>
    /// The changes that put a partner, with its rules, in place of the one that it was, for several changes at once.
    /// </summary>
    /// <param name="partner">As it shall be; null removes it.</param>
    /// <param name="present">As it is; null when it is not there.</param>
    public static IEnumerable<SettingPut> ToChanges(VpnPartner? partner, VpnPartner? present)
    {
        var rules = (partner?.ToRules() ?? []).ToList();
        foreach (var rule in rules) yield return PeerRuleStore.ToChange(rule);
        if (partner is not null) yield return new SettingPut(Prefix + partner.Name, JsonSerializer.Serialize(partner, VpnJson.Default.VpnPartner));
        else if (present is not null) yield return new SettingPut(Prefix + present.Name, null);
        foreach (var old in present?.ToRules() ?? [])
            if (rules.TrueForAll(rule => rule.Name != old.Name)) yield return PeerRuleStore.ToRemoval(old.Name);
    }

    private async ValueTask RemoveRulesAsync(string prefix, HashSet<string> kept, CancellationToken cancellationToken)
    {
        foreach (var setting in await settings.ListAsync(PeerRuleStore.Prefix + prefix, cancellationToken))
        {
            var name = setting.Name[PeerRuleStore.Prefix.Length..];
            if (!kept.Contains(name)) await _rules.RemoveAsync(name, ChangedBy, cancellationToken);
        }
    }

    private static VpnPartner? Read(Setting setting)
    {
        try
        {
            return JsonSerializer.Deserialize(setting.Json, VpnJson.Default.VpnPartner);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
