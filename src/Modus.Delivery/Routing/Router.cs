using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Routing;

/// <summary>
/// Finds where a recipient's mail goes. For an address of ours, the first that there is: the account, the alias, the same two
/// without what stands behind the plus sign, the domain's catch-all, the postmaster. Aliases are followed, each address once.
/// Thread-safe.
/// </summary>
internal sealed class Router(IDirectory directory, DeliveryOptions options, ILogger<Router> log)
{
    private const int MaxAddresses = StoreLimits.MaxAliasTargets; // what one recipient may become, aliases on the way with it

    public async ValueTask<Route> FindAsync(ForwardPath path, CancellationToken cancellationToken)
    {
        if (path.Address is { } address) return await FindAsync(address, cancellationToken);
        if (options.Postmaster is not { } postmaster) return Route.Unknown;

        // <Postmaster> is ours wherever it is read: it is taken from everybody (RFC 5321 §4.5.1).
        var route = await FindAsync(postmaster, cancellationToken);
        return route.Kind == RouteKind.Elsewhere ? route with { Kind = RouteKind.Local } : route;
    }

    public async ValueTask<Route> FindAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var accounts = new Dictionary<AccountId, Account>();
        var remote = new HashSet<EmailAddress>();
        var seen = new HashSet<EmailAddress>();
        var waiting = new Queue<EmailAddress>([address]);
        while (seen.Count <= MaxAddresses && waiting.TryDequeue(out var next))
        {
            if (!seen.Add(next)) continue;
            if (!await IsLocalAsync(next, cancellationToken))
            {
                if (next == address) return Route.Elsewhere(address);
                remote.Add(next);
                continue;
            }

            var (account, alias) = await LookUpAsync(next, cancellationToken);
            if (account is not null) accounts.TryAdd(account.Id, account);
            foreach (var target in alias?.Targets ?? []) waiting.Enqueue(target);
        }

        // An alias that becomes too many is refused as a whole: a 250 for a part of it would lose the rest in silence.
        if (waiting.Any(left => !seen.Contains(left)))
        {
            DeliveryLog.TooManyTargets(log, address, MaxAddresses);
            return Route.Unknown;
        }

        return accounts.Count + remote.Count == 0 ? Route.Unknown : new Route(RouteKind.Local, [.. accounts.Values], [.. remote]);
    }

    private async ValueTask<bool> IsLocalAsync(EmailAddress address, CancellationToken cancellationToken) =>
        address.AddressLiteral is null && await directory.FindDomainAsync(address.Domain, cancellationToken) is not null;

    private async ValueTask<(Account? Account, AddressAlias? Alias)> LookUpAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var found = await LookUpExactAsync(address, cancellationToken);
        if (found is not (null, null)) return found;

        if (WithoutDetail(address) is { } plain)
        {
            found = await LookUpExactAsync(plain, cancellationToken);
            if (found is not (null, null)) return found;
        }

        var fallback = (await directory.FindDomainAsync(address.Domain, cancellationToken))?.CatchAll
            ?? (address.LocalPart.Equals("postmaster", StringComparison.OrdinalIgnoreCase) ? options.Postmaster : null);
        return fallback is null || fallback.Equals(address) ? (null, null) : (null, new AddressAlias(address, [fallback]));
    }

    private async ValueTask<(Account? Account, AddressAlias? Alias)> LookUpExactAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var account = await directory.FindAccountAsync(address, cancellationToken);
        return account is not null ? (account, null) : (null, await directory.FindAliasAsync(address, cancellationToken));
    }

    private EmailAddress? WithoutDetail(EmailAddress address)
    {
        if (options.DetailSeparator is not { } separator) return null;
        var at = address.LocalPart.IndexOf(separator, StringComparison.Ordinal);
        return at > 0 ? EmailAddress.Create(address.LocalPart[..at], address.Domain) : null;
    }
}
