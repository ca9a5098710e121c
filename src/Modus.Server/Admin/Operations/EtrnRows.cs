using Modus.Delivery.Etrn;

namespace Modus.Server.Admin.Operations;

/// <summary>Who may ask for the mail of a node.</summary>
/// <param name="Node">A domain, or <c>#name</c> of a queue.</param>
internal sealed record EtrnRow(string Node)
{
    public bool Subdomains { get; init; }

    /// <summary>The domains of a queue.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];

    public IReadOnlyList<string> Networks { get; init; } = [];

    public IReadOnlyList<string> Keys { get; init; } = [];

    public IReadOnlyList<string> Accounts { get; init; } = [];

    public static EtrnRow From(EtrnGrant grant) => new(grant.Node)
    {
        Subdomains = grant.WithSubdomains,
        Domains = [.. grant.Domains.Select(static domain => domain.Name)],
        Networks = [.. grant.Networks.Select(static network => network.ToString())],
        Keys = grant.Keys,
        Accounts = [.. grant.Accounts.Select(static account => account.ToString())],
    };
}

/// <param name="Node">A domain, or <c>#name</c> of a queue.</param>
internal sealed record EtrnNode(string Node);
