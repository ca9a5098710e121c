namespace Modus.Delivery.Etrn;

/// <summary>Who may ask by ETRN that the mail for a domain is sent: setting <c>etrn/&lt;domain&gt;</c>. Any of the three is enough. Immutable.</summary>
public sealed record EtrnGrant
{
    /// <summary>The domain, in A-labels.</summary>
    public required string Domain { get; init; }

    /// <summary>Addresses of clients: <c>192.0.2.1</c> or <c>192.0.2.0/24</c>.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Keys of client certificates: SHA-256 of SubjectPublicKeyInfo, lower-case hex.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Accounts that may, once they have logged in.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];
}
