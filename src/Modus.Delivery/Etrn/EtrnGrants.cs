using Modus.Protocols.Smtp;

namespace Modus.Delivery.Etrn;

/// <summary>The grants as sessions ask for them, from memory: a change counts within <see cref="Freshness"/>. Thread-safe.</summary>
internal sealed class EtrnGrants(EtrnGrantStore store, TimeProvider clock)
{
    /// <summary>How long what was read counts. EHLO asks each time, and must not cost a look into the store.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private volatile Reading? _last;

    /// <summary>Whether anybody may ask on this service.</summary>
    public async ValueTask<bool> AnyAsync(SmtpProfile profile, CancellationToken cancellationToken)
    {
        var grants = (await ReadAsync(cancellationToken)).ByNode.Values;
        return profile == SmtpProfile.Submission ? grants.Count > 0 : grants.Any(static grant => grant.IsForServers);
    }

    /// <summary>The grant for a node; null when nobody has it.</summary>
    public async ValueTask<EtrnGrant?> FindAsync(QueueNode node, CancellationToken cancellationToken)
    {
        var grants = (await ReadAsync(cancellationToken)).ByNode;
        if (node.Kind == QueueNodeKind.Queue) return grants.GetValueOrDefault('#' + node.Name);
        if (grants.GetValueOrDefault(node.Name) is { } own && (own.WithSubdomains || node.Kind == QueueNodeKind.Domain)) return own;

        // RFC 1985 §8: who owns a domain owns those below it, but nobody owns com.
        for (var dot = node.Name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = node.Name.IndexOf('.', dot + 1))
            if (grants.GetValueOrDefault(node.Name[(dot + 1)..]) is { WithSubdomains: true } parent) return parent;
        return null;
    }

    private async ValueTask<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_last is { } last && now - last.At < Freshness) return last;
        var grants = await store.ListAsync(cancellationToken);
        return _last = new Reading(grants.ToDictionary(static grant => grant.Node, StringComparer.Ordinal), now);
    }

    private sealed record Reading(Dictionary<string, EtrnGrant> ByNode, DateTimeOffset At);
}
