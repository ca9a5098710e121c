using System.Text;
using Modus.Mail.Addresses;
using Modus.Server.Autoconfiguration;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Shows what mail programs are told of a domain or an address.</summary>
internal sealed class ShowAutoconfig() : AdminOperation<AutoconfigQuery, AutoconfigRow>(
    "autoconfig-show", AdminJson.Default.AutoconfigQuery, AdminJson.Default.AdminReplyAutoconfigRow)
{
    private const int HttpsPort = 443;

    public override async ValueTask<AdminReply<AutoconfigRow>> RunAsync(AutoconfigQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        EmailAddress? address = null;
        if (request.Name.Contains('@', StringComparison.Ordinal) && !NameParsing.TryAddress(request.Name, out address, out var none)) return none;
        if (!NameParsing.TryDomain(address?.Domain.Name ?? request.Name, out var domain, out var fault)) return fault;
        if (await ports.Directory.FindDomainAsync(domain, cancellationToken) is null) return AutoconfigFaults.NotOurs(domain);
        if (await MailOffers.FindAsync(ports, cancellationToken) is not { } offer) return AutoconfigFaults.NoConfiguration();

        var isServed = offer.IsEnabled && offer.IsWhole && offer.HttpsPorts.Count > 0;
        if (request.Format is not (null or AutoconfigWords.Srv) && !isServed) return AutoconfigFaults.NotServed(offer);
        string? document = null;
        switch (request.Format)
        {
            case null: break;
            case AutoconfigWords.Mozilla: document = Encoding.UTF8.GetString(MozillaConfiguration.Write(offer, domain)); break;
            case AutoconfigWords.Srv: document = ListServices(domain, offer); break;
            case AutoconfigWords.Microsoft or AutoconfigWords.Apple when address is null: return AutoconfigFaults.NeedsAddress(domain, request.Format);
            case AutoconfigWords.Microsoft or AutoconfigWords.Apple when !SetupXml.CanHold(address.LocalPart): return AutoconfigFaults.NotServed(offer);
            case AutoconfigWords.Microsoft: document = Encoding.UTF8.GetString(MicrosoftSettings.Write(offer, address)); break;
            case AutoconfigWords.Apple: document = Encoding.UTF8.GetString(AppleProfile.Write(offer, address)); break;
            default: return AdminFault.Invalid($"'{request.Format}' is no format: {string.Join(", ", AutoconfigWords.Formats)}.");
        }

        var user = address?.ToString() ?? $"the whole address, such as anna@{domain}";
        var servers = offer.Doors.Select(door => new AutoconfigServerRow(
            door.Protocol == ListenerProtocol.Submission ? "smtp" : $"{door.Protocol}".ToLowerInvariant(),
            offer.HostName.Name, door.Port, door.Tls == TlsMode.Implicit ? "implicit" : "starttls", user, MozillaConfiguration.Authentication));
        return new AutoconfigRow(domain.Name, isServed, [.. servers], isServed ? [.. Addresses(domain, address, offer)] : [], document);
    }

    private static string ListServices(Domain domain, MailOffer offer) => string.Concat(
        SetupRecords.OfMail(domain, offer).Select(static record => $"{record.Name}. IN SRV {record.Value}\n"));

    // As programs ask: Mozilla's at names of the domain and port 443 alone, the rest at this host.
    private static IEnumerable<string> Addresses(Domain domain, EmailAddress? address, MailOffer offer)
    {
        var who = Uri.EscapeDataString(address?.ToString() ?? $"anna@{domain}");
        if (offer.HttpsPorts.Contains(HttpsPort))
        {
            yield return $"https://autoconfig.{domain}{AutoconfigurationEndpoints.MozillaPath}?{AutoconfigurationEndpoints.AddressKey}={who}";
            yield return $"https://{domain}{AutoconfigurationEndpoints.MozillaWellKnownPath}";
            yield return $"https://autodiscover.{domain}{AutoconfigurationEndpoints.MicrosoftPath}";
        }

        var port = offer.HttpsPorts.Contains(HttpsPort) ? "" : $":{offer.HttpsPorts[0]}";
        yield return $"https://{offer.HostName}{port}{AutoconfigurationEndpoints.MicrosoftPath}";
        yield return $"https://{offer.HostName}{port}{AutoconfigurationEndpoints.ApplePath}?{AutoconfigurationEndpoints.AddressKey}={who}";
    }
}
