using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Routing;

/// <summary>Where a recipient's mail goes: accounts here, addresses elsewhere, or nowhere.</summary>
/// <param name="Kind">What the address is.</param>
/// <param name="Accounts">The accounts here, each once.</param>
/// <param name="Remote">The addresses elsewhere, each once.</param>
internal sealed record Route(RouteKind Kind, IReadOnlyList<Account> Accounts, IReadOnlyList<EmailAddress> Remote)
{
    public static readonly Route Unknown = new(RouteKind.Unknown, [], []);

    public static Route Elsewhere(EmailAddress address) => new(RouteKind.Elsewhere, [], [address]);
}

/// <summary>What an address is to this server.</summary>
internal enum RouteKind
{
    /// <summary>In a domain of ours, and somebody gets its mail.</summary>
    Local,

    /// <summary>In a domain that is not ours.</summary>
    Elsewhere,

    /// <summary>In a domain of ours, and nobody has it.</summary>
    Unknown,
}
