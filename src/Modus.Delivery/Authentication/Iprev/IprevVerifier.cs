using System.Net;
using Modus.Delivery.Dns;

namespace Modus.Delivery.Authentication.Iprev;

/// <summary>What came of the check of an address.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Name">The name that leads back to the address; null when there is none.</param>
internal sealed record IprevResult(AuthenticationOutcome Outcome, string? Name = null);

/// <summary>Finds whether the client's address has a name that leads back to it (RFC 8601 §3). Thread-safe.</summary>
internal sealed class IprevVerifier(IMailDns dns)
{
    public async ValueTask<IprevResult> CheckAsync(IPAddress client, CancellationToken cancellationToken)
    {
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        var names = await dns.FindNamesAsync(client, cancellationToken);
        if (names.Outcome == DnsOutcome.Failed) return new IprevResult(AuthenticationOutcome.TempError);
        if (names.Records.Count == 0) return new IprevResult(AuthenticationOutcome.PermError);

        var isUnknown = false;
        foreach (var name in names.Records.Take(AuthenticationLimits.SpfNames))
        {
            var addresses = await dns.FindAddressesAsync(name, cancellationToken);
            if (addresses.Records.Contains(client)) return new IprevResult(AuthenticationOutcome.Pass, name);
            isUnknown |= addresses.Outcome == DnsOutcome.Failed;
        }

        return new IprevResult(isUnknown ? AuthenticationOutcome.TempError : AuthenticationOutcome.Fail);
    }
}
