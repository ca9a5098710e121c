namespace Modus.Server.Try;

/// <summary>Everything that somebody needs to play with the running demonstration. Printed by <c>modus try --json</c>.</summary>
internal sealed record TryReport
{
    public required string Folder { get; init; }

    public required string Configuration { get; init; }

    public required string DataFolder { get; init; }

    /// <summary>The certificate of the authority that signed the others; PEM.</summary>
    public required string CertificateAuthority { get; init; }

    public required IReadOnlyList<TryCertificate> Certificates { get; init; }

    public required IReadOnlyList<TryEndpoint> Endpoints { get; init; }

    public required string Http { get; init; }

    public required IReadOnlyList<TryAccount> Accounts { get; init; }

    public required IReadOnlyList<TryLeg> Legs { get; init; }

    /// <summary>True when every leg worked.</summary>
    public bool AllWorked => Legs.Count > 0 && Legs.All(leg => leg.Worked);
}

/// <param name="Name">The host name that it is for.</param>
/// <param name="Address">The local address that it is for.</param>
/// <param name="Algorithm">ecdsa or rsa.</param>
/// <param name="Certificate">PEM.</param>
/// <param name="Key">PEM.</param>
internal sealed record TryCertificate(string Name, string Address, string Algorithm, string Certificate, string Key);

/// <param name="Protocol">smtp, submission, pop3 or imap.</param>
/// <param name="Tls">none, on-demand or implicit.</param>
/// <param name="Address">The local address.</param>
/// <param name="Port">The port.</param>
/// <param name="Name">The host name whose certificate that address shows.</param>
internal sealed record TryEndpoint(string Protocol, string Tls, string Address, int Port, string Name);

/// <param name="Address">The address, which is the login name too.</param>
/// <param name="Password">Its password; the demonstration is thrown away with it.</param>
/// <param name="Host">The host name of its domain's mail server.</param>
internal sealed record TryAccount(string Address, string Password, string Host);

/// <summary>One leg of the way of a mail.</summary>
/// <param name="Title">What happens.</param>
/// <param name="From">Who sends, or whose maildrop is read.</param>
/// <param name="To">Who gets it.</param>
/// <param name="EndPoint">Where the client connected.</param>
/// <param name="Protocol">What was spoken, and how TLS began.</param>
internal sealed record TryLeg(string Title, string From, string To, string EndPoint, string Protocol)
{
    public string? TlsVersion { get; init; }

    public string? CipherSuite { get; init; }

    /// <summary>The name in the certificate that was shown, and its key.</summary>
    public string? Certificate { get; init; }

    public bool Worked { get; init; }

    /// <summary>What came of it.</summary>
    public string Result { get; init; } = "";
}
