using Modus.Delivery.Dns;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>How the DNS is asked, as the configuration says.</summary>
internal static class DnsSetup
{
    public static void Apply(DnsOptions options, DnsConfiguration dns)
    {
        options.Resolvers = dns.Resolvers.Count > 0 ? () => dns.Resolvers : new SystemResolvers(SystemResolvers.StandardPath, TimeProvider.System).Get;
        options.Timeout = dns.Timeout;
        options.Attempts = dns.Attempts;
        options.Validation = dns.Validation;
        options.TrustAnchors = dns.TrustAnchors;
        options.MaxCachedAnswers = dns.MaxCachedAnswers;
    }

    /// <summary>The same for a command; without a configuration, by the resolvers of the system.</summary>
    public static DnsOptions For(DnsConfiguration? dns)
    {
        var options = new DnsOptions();
        if (dns is not null) Apply(options, dns);
        else options.Resolvers = new SystemResolvers(SystemResolvers.StandardPath, TimeProvider.System).Get;
        return options;
    }
}
