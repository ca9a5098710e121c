using System.Text.Json;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>The policies that this server publishes: the settings <c>sts/&lt;domain&gt;</c>. Thread-safe.</summary>
/// <param name="settings">Where they are kept.</param>
public sealed class OwnStsPolicies(ISettings settings)
{
    private const string Prefix = "sts/";

    /// <summary>The policy of a domain; null when none is published.</summary>
    public async ValueTask<OwnStsPolicy?> FindAsync(Domain domain, CancellationToken cancellationToken) =>
        await settings.GetAsync(Prefix + domain.Name, cancellationToken) is { } setting ? Read(setting) : null;

    /// <summary>All of them, by domain.</summary>
    public async ValueTask<IReadOnlyList<OwnStsPolicy>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await settings.ListAsync(Prefix, cancellationToken)).Select(Read).OfType<OwnStsPolicy>()];

    /// <summary>Publishes a policy, in place of the one that the domain had.</summary>
    /// <returns>Done, or NoSpace.</returns>
    public ValueTask<StoreOutcome> SetAsync(OwnStsPolicy policy, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var put = ToChange(policy);
        return settings.SetAsync(put.Name, put.Json, null, changedBy, cancellationToken);
    }

    /// <summary>The change that publishes a policy in place of the one that its domain had, for several changes at once.</summary>
    public static SettingPut ToChange(OwnStsPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var kept = new OwnPolicySetting(policy.Mode, policy.MxPatterns, (long)policy.MaxAge.TotalSeconds);
        return new SettingPut(Prefix + policy.Domain.Name, JsonSerializer.Serialize(kept, StsJson.Default.OwnPolicySetting));
    }

    /// <summary>The change after which a domain has no policy.</summary>
    public static SettingPut ToRemoval(Domain domain) => new(Prefix + domain.Name, null);

    /// <summary>Publishes the policy of a domain no more.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(Domain domain, string changedBy, CancellationToken cancellationToken) =>
        await FindAsync(domain, cancellationToken) is null
            ? StoreOutcome.NotFound
            : await settings.SetAsync(Prefix + domain.Name, null, null, changedBy, cancellationToken);

    // Of what was put in by other hands than ours, what is no policy is none.
    private static OwnStsPolicy? Read(Setting setting) =>
        Domain.TryParse(setting.Name[Prefix.Length..], out var domain)
        && JsonSerializer.Deserialize(setting.Json, StsJson.Default.OwnPolicySetting) is { } kept
        && OwnStsPolicy.TryCreate(domain, kept.Mode, kept.Mx, TimeSpan.FromSeconds(kept.MaxAge), out var policy, out _)
            ? policy
            : null;
}
