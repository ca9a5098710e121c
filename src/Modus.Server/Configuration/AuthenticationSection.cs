using System.Net;
using Modus.Delivery.Authentication;

namespace Modus.Server.Configuration;

/// <summary>Reads <c>authentication</c>. Defaults, and where they come from, stand in <see cref="AuthenticationOptions"/>.</summary>
internal static class AuthenticationSection
{
    public const string Off = "off";
    public const string Stamp = "stamp";
    public const string Enforce = "enforce";

    public static AuthenticationOptions Read(SectionReader authentication)
    {
        var standard = new AuthenticationOptions();
        var (check, enforce) = authentication.Choice<(bool, bool)>(
            "checks", (true, true), (Off, (false, false)), (Stamp, (true, false)), (Enforce, (true, true)))!.Value;
        var options = new AuthenticationOptions
        {
            Check = check,
            Enforce = enforce,
            Timeout = authentication.Duration("timeout", standard.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
            TrustedRelays = ReadRelays(authentication) ?? standard.TrustedRelays,
        };
        authentication.RejectUnknown();
        return options;
    }

    /// <summary>How the two switches are written.</summary>
    public static string WordOf(AuthenticationOptions options) => !options.Check ? Off : options.Enforce ? Enforce : Stamp;

    private static List<IPNetwork>? ReadRelays(SectionReader authentication)
    {
        var relays = new List<IPNetwork>();
        foreach (var (key, text) in authentication.Texts("trustedRelays"))
        {
            if (IPNetwork.TryParse(text, out var network)) relays.Add(network);
            else authentication.Fault(key, text, "is no network.", "Write one, such as \"192.0.2.0/24\" or \"2001:db8::25/128\".");
        }

        return authentication.Has("trustedRelays") ? relays : null;
    }
}
