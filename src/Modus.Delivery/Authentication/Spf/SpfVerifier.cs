using System.Net;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>
/// Checks whether a client may send for a domain (RFC 7208). MAIL FROM is checked, and what the client calls itself only when that is
/// null. Explanations (exp=) are read and not fetched: nobody is refused for SPF alone. Thread-safe.
/// </summary>
internal sealed class SpfVerifier(IMailDns dns)
{
    /// <summary>Checks a transaction.</summary>
    /// <param name="client">The address of the client.</param>
    /// <param name="heloName">What it calls itself.</param>
    /// <param name="sender">MAIL FROM.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<SpfResult> CheckAsync(IPAddress client, string heloName, ReversePath sender, CancellationToken cancellationToken)
    {
        // RFC 7208 §2.4: without a sender it is postmaster of the client
        var isHelo = sender.Address is null;
        var localPart = sender.Address?.LocalPart ?? "postmaster";
        if (!TryFindDomain(sender, heloName, out var domain)) return new SpfResult(AuthenticationOutcome.None) { IsHelo = isHelo };
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        var check = new SpfCheck(dns, new SpfSender(client, localPart, domain.Name, heloName));
        var (outcome, reason) = await check.RunAsync(domain.Name, 0, cancellationToken);
        return new SpfResult(outcome, reason) { Domain = domain, IsHelo = isHelo };
    }

    // RFC 7208 §4.3: an address literal, or a name of one label, has no policy
    private static bool TryFindDomain(ReversePath sender, string heloName, out Domain domain)
    {
        domain = default;
        if (sender.Address is { } address) domain = address.Domain;
        else if (!Domain.TryParse(heloName, out domain)) return false;
        return domain.Name.Contains('.', StringComparison.Ordinal);
    }
}
