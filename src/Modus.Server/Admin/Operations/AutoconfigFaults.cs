using Modus.Mail.Addresses;
using Modus.Server.Autoconfiguration;

namespace Modus.Server.Admin.Operations;

/// <summary>Why there is nothing to show, and what to do.</summary>
internal static class AutoconfigFaults
{
    public static AdminFault NotOurs(Domain domain) =>
        AdminFault.NotFound($"Domain {domain} is not one of this server. `modus domain list` shows those that are.");

    public static AdminFault NoConfiguration() => new(
        AdminFaultKind.NotAllowed,
        "No server runs on this data folder and no configuration was read, so its listeners are not known. Start it, or name the file: --config FILE, without --data.");

    public static AdminFault NeedsAddress(Domain domain, string format) =>
        AdminFault.Invalid($"Settings in this format are for an address: modus autoconfig show anna@{domain} --format {format}");

    public static AdminFault NotServed(MailOffer offer) => new(AdminFaultKind.NotAllowed, offer switch
    {
        { IsEnabled: false } => "Mail programs are told nothing: autoconfiguration.enabled is false in modus.json.",
        { IsWhole: false } => "There is nothing to set up: no port with TLS where mail is read, or none where it is handed in. `modus config show` lists the listeners.",
        { HttpsPorts.Count: 0 } => "Mail programs cannot ask: there is no https listener with a port that they are told of. Add one to the listeners in modus.json.",
        _ => "This address cannot stand in XML, so its settings are not served.",
    });
}
