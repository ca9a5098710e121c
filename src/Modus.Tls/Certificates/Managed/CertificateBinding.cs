using System.Net;

namespace Modus.Tls;

/// <summary>What a managed certificate is for.</summary>
public sealed record CertificateBinding
{
    /// <summary>Everywhere, by the names that it has.</summary>
    public static readonly CertificateBinding Everywhere = new();

    /// <summary>The local addresses that it is served on; empty for all.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>The host names that it is served for, <c>*.example.org</c> among them; empty for those that it has.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The protocols that it is served for (<c>smtp</c>, <c>submission</c>, <c>pop3</c>, <c>imap</c>, <c>https</c>); empty for all.</summary>
    public IReadOnlyList<string> Protocols { get; init; } = [];

    /// <summary>Served where nothing else fits.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The same in words.</summary>
    public string InWords()
    {
        var names = Names.Count > 0 ? string.Join(", ", Names) : "its own names";
        var addresses = Addresses.Count > 0 ? $" on {string.Join(", ", Addresses)}" : "";
        var protocols = Protocols.Count > 0 ? $" at {string.Join(", ", Protocols)}" : "";
        return $"{names}{addresses}{protocols}{(IsDefault ? ", and where nothing else fits" : "")}";
    }
}
