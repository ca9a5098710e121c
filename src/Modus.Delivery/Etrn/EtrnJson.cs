using System.Net;
using System.Text.Json.Serialization;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Etrn;

/// <summary>A grant as it is stored; its node is the setting's name.</summary>
internal sealed record StoredEtrnGrant
{
    public bool Subdomains { get; init; }

    public IReadOnlyList<string>? Domains { get; init; }

    public IReadOnlyList<string>? Networks { get; init; }

    public IReadOnlyList<string>? Keys { get; init; }

    public IReadOnlyList<string>? Accounts { get; init; }

    public static StoredEtrnGrant From(EtrnGrant grant) => new()
    {
        Subdomains = grant.WithSubdomains,
        Domains = Words(grant.Domains),
        Networks = Words(grant.Networks),
        Keys = Words(grant.Keys),
        Accounts = Words(grant.Accounts),
    };

    /// <exception cref="FormatException">Something in it cannot be read.</exception>
    public EtrnGrant ToGrant(string node) => new()
    {
        Node = node,
        WithSubdomains = Subdomains,
        Domains = [.. (Domains ?? []).Select(Domain.Parse)],
        Networks = [.. (Networks ?? []).Select(static text => IPNetwork.Parse(text))],
        Keys = Keys ?? [],
        Accounts = [.. (Accounts ?? []).Select(EmailAddress.Parse)],
    };

    private static List<string>? Words<T>(IReadOnlyList<T> values) => values.Count == 0 ? null : [.. values.Select(static value => value!.ToString()!)];
}

/// <summary>The JSON of grants. What an older server does not know it must not pass over.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredEtrnGrant))]
internal sealed partial class EtrnJson : JsonSerializerContext;
