using System.Text.Json;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>
/// The routes: settings <c>routes/&lt;domain&gt;</c>. The most specific one counts: the domain itself, the nearest domain above it, all.
/// Thread-safe.
/// </summary>
public sealed class RouteTable(ISettings settings, TimeProvider clock)
{
    private const string Prefix = "routes/";

    // A change by this object counts at once; one that comes in otherwise (an import) after this.
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    private volatile Snapshot? _snapshot;

    /// <summary>All routes, by domain.</summary>
    public async ValueTask<IReadOnlyList<MailRoute>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAsync(cancellationToken)).Values.OrderBy(static route => route.Domain, StringComparer.Ordinal)];

    /// <summary>The route of a domain; null for none: its MX.</summary>
    public async ValueTask<MailRoute?> FindAsync(Domain domain, CancellationToken cancellationToken)
    {
        var snapshot = _snapshot;
        if (snapshot is null || clock.GetElapsedTime(snapshot.ReadAt) >= RereadAfter)
            _snapshot = snapshot = new Snapshot(await ReadAsync(cancellationToken), clock.GetTimestamp());
        var routes = snapshot.Routes;
        if (routes.Count == 0) return null;
        if (routes.TryGetValue(domain.Name, out var exact)) return exact;
        for (var dot = domain.Name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = domain.Name.IndexOf('.', dot + 1))
            if (routes.TryGetValue(domain.Name[dot..], out var above)) return above;
        return routes.GetValueOrDefault("*");
    }

    /// <summary>Puts a route in place of the one that the domain has.</summary>
    /// <returns>Done or NoSpace.</returns>
    public async ValueTask<StoreOutcome> SetAsync(MailRoute route, string changedBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(route);
        var put = ToChange(route);
        var outcome = await settings.SetAsync(put.Name, put.Json, null, changedBy, cancellationToken);
        _snapshot = null;
        return outcome;
    }

    /// <summary>Removes a route.</summary>
    /// <returns>Done, NotFound or NoSpace.</returns>
    public async ValueTask<StoreOutcome> RemoveAsync(string domain, string changedBy, CancellationToken cancellationToken)
    {
        if (await settings.GetAsync(Prefix + domain, cancellationToken) is null) return StoreOutcome.NotFound;
        var outcome = await settings.SetAsync(Prefix + domain, null, null, changedBy, cancellationToken);
        _snapshot = null;
        return outcome;
    }

    /// <summary>Has what was changed by other hands count at once.</summary>
    public void Reread() => _snapshot = null;

    /// <summary>The change that puts a route in place of the one that its domain has, for several changes at once.</summary>
    public static SettingPut ToChange(MailRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return new SettingPut(Prefix + route.Domain, JsonSerializer.Serialize(route, DeliveryJson.Default.MailRoute));
    }

    /// <summary>The change that removes a route.</summary>
    public static SettingPut ToRemoval(string domain) => new(Prefix + domain, null);

    private async ValueTask<Dictionary<string, MailRoute>> ReadAsync(CancellationToken cancellationToken)
    {
        var routes = new Dictionary<string, MailRoute>(StringComparer.Ordinal);
        foreach (var setting in await settings.ListAsync(Prefix, cancellationToken))
        {
            if (Read(setting.Json) is { } route) routes[setting.Name[Prefix.Length..]] = route;
        }

        return routes;
    }

    // What cannot be read must not send mail elsewhere: a route without hosts defers it, and says so.
    private static MailRoute? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, DeliveryJson.Default.MailRoute);
        }
        catch (JsonException)
        {
            return new MailRoute { Domain = "?", Hosts = [] };
        }
    }

    private sealed record Snapshot(Dictionary<string, MailRoute> Routes, long ReadAt);
}
