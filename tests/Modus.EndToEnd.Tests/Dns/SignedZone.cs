namespace Modus.EndToEnd.Tests.Dns;

/// <summary>A zone for <see cref="SignedZones"/>.</summary>
/// <param name="Name">Its name, without a trailing dot; "" for the root.</param>
/// <param name="Records">
/// Its records but SOA and NS, as zone files have them; names without a trailing dot are relative to the zone, <c>@</c> is its apex:
/// <c>@ MX 10 mx</c>, <c>mx A 127.0.0.1</c>.
/// </param>
internal sealed record SignedZone(string Name, string Records)
{
    /// <summary>As knot calls it: rsasha256, rsasha512, ecdsap256sha256, ecdsap384sha384, ed25519.</summary>
    public string Algorithm { get; init; } = "ecdsap256sha256";

    /// <summary>Absence is proven by NSEC3; else by NSEC.</summary>
    public bool Nsec3 { get; init; }

    /// <summary>Delegations that are not signed have no NSEC3 record.</summary>
    public bool OptOut { get; init; }

    /// <summary>How often NSEC3 hashes again.</summary>
    public int Iterations { get; init; }

    /// <summary>False: the zone above says that it is not signed, and it is not.</summary>
    public bool IsSigned { get; init; } = true;

    /// <summary>When it was signed; the signatures are in force for two weeks from then. Null for now.</summary>
    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>Changes the signed zone, line by line, before it is served; null for a line takes it out.</summary>
    public Func<string, string?>? Tamper { get; init; }

    /// <summary>The zone says that it is signed, and no signature is there.</summary>
    public static string? WithoutSignatures(string line) => line.Contains("\tRRSIG\t", StringComparison.Ordinal) ? null : line;

    /// <summary>Every signature that covers the type is another one.</summary>
    public static Func<string, string?> WithBrokenSignatures(string type) => line =>
        line.Contains($"\tRRSIG\t{type} ", StringComparison.Ordinal) ? BreakLastWord(line) : line;

    private static string BreakLastWord(string line)
    {
        var at = line.TrimEnd().LastIndexOf(' ') + 5; // somewhere in the signature, base64
        return line[..at] + (line[at] == 'A' ? 'B' : 'A') + line[(at + 1)..];
    }
}
