using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Autoconfiguration;

/// <summary>A question for settings that is ours to answer.</summary>
/// <param name="Offer">What is offered.</param>
/// <param name="Domain">A domain of this server.</param>
/// <param name="Address">The address in it that was named; null when none was.</param>
internal sealed record SetupQuestion(MailOffer Offer, Domain Domain, EmailAddress? Address)
{
    /// <summary>
    /// The question of a request; null when it is not ours to answer. Whether the address has an account makes no difference: it is not looked up.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="addressText">The address that it names; null when it names none, and means the domain of the host that it asks.</param>
    public static async ValueTask<SetupQuestion?> ReadAsync(HttpContext context, string? addressText)
    {
        var offer = context.RequestServices.GetRequiredService<MailOffers>().Current;
        if (!offer.IsEnabled || !offer.IsWhole || !Domain.TryParse(context.Request.Host.Host, out var host)) return null;
        var asked = WithoutPrefix(host);
        EmailAddress? address = null;
        if (addressText is not null && (!EmailAddress.TryParse(addressText, out address) || address.AddressLiteral is not null || !SetupXml.CanHold(address.LocalPart)))
            return null;

        var directory = context.RequestServices.GetRequiredService<IDirectory>();
        var domain = address?.Domain ?? asked;
        if (await directory.FindDomainAsync(domain, context.RequestAborted) is null) return null;
        return IsOurs(asked, offer.HostName)
            || asked == domain
            || await directory.FindDomainAsync(asked, context.RequestAborted) is not null
            ? new SetupQuestion(offer, domain, address)
            : null;
    }

    // Some programs go by the domain of the mail exchanger, such as autoconfig.provider.example of mail.provider.example.
    private static bool IsOurs(Domain asked, Domain host) =>
        asked == host || (asked.Name.Contains('.', StringComparison.Ordinal) && host.Name.EndsWith('.' + asked.Name, StringComparison.Ordinal));

    private static Domain WithoutPrefix(Domain host)
    {
        foreach (var prefix in new[] { "autoconfig.", "autodiscover." })
        {
            if (host.Name.StartsWith(prefix, StringComparison.Ordinal) && Domain.TryParse(host.Name[prefix.Length..], out var rest)) return rest;
        }

        return host;
    }
}
