using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>When to ask an authority again that did not issue.</summary>
internal static class AcmeRetry
{
    // Let's Encrypt takes five failed validations of a name an hour; with ten minutes, doubled each time, there are three.
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    // What an authority's limits last (Let's Encrypt counts certificates by the week).
    private static readonly TimeSpan LongestAsked = TimeSpan.FromDays(8);

    /// <summary>How long to wait.</summary>
    /// <param name="failures">Failures in a row, 1 at least.</param>
    /// <param name="left">What is left of the certificate's life; null when there is none.</param>
    /// <param name="asked">What the authority asked for; null when it did not.</param>
    public static TimeSpan After(int failures, TimeSpan? left, TimeSpan? asked)
    {
        var usual = First * Math.Pow(2, Math.Min(failures - 1, 10));
        if (usual > Longest) usual = Longest;
        if (left is { } life && usual > life / 8) usual = life / 8 > First ? life / 8 : First; // a certificate of six days has two left
        if (asked is not { } wish || wish <= usual) return usual;
        return wish < LongestAsked ? wish : LongestAsked;
    }

    /// <summary>What to do about a fault.</summary>
    public static string RemedyFor(AcmeFault fault, AcmePlan plan) => fault.Kind switch
    {
        AcmeFaultKind.NotValidated => plan.Challenge switch
        {
            AcmeChallenge.Http01 => "Port 80 of each name must reach the listener with the protocol http, from everywhere: look at its A and AAAA records, firewall and port forwarding.",
            AcmeChallenge.TlsAlpn01 => "Port 443 of each name must reach an implicit listener of this server, with nothing in between that ends TLS: look at its A and AAAA records, firewall and port forwarding.",
            _ => "The TXT record must be seen by everybody when the hook ends: try `HOOK publish _acme-challenge.NAME test` and ask the name servers of the zone.",
        },
        AcmeFaultKind.RateLimited => "The authority takes no more for now; nothing needs to be done.",
        AcmeFaultKind.Unavailable => "It is tried again by itself; if it lasts, look at the way out to the authority (DNS, firewall, proxy), and whether this machine trusts its certificate (--root of `modus cert acme account add`).",
        AcmeFaultKind.Refused => "Change what it names: the account (`modus cert acme account`) or the plan (`modus cert acme add`).",
        _ => "Is the directory of the account that of an ACME authority?",
    };
}
