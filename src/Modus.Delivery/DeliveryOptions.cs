using Modus.Delivery.Authentication;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Mail.Addresses;

namespace Modus.Delivery;

/// <summary>How recipients are understood. Read once, when the services are registered.</summary>
public sealed class DeliveryOptions
{
    /// <summary>The name that notices and Authentication-Results are signed with, as this server calls itself in SMTP.</summary>
    public string HostName { get; set; } = "localhost";

    /// <summary>
    /// Who reads the mail for <c>&lt;Postmaster&gt;</c>, and for postmaster at a local domain that has no such address (RFC 5321
    /// §4.5.1); null leaves these unknown.
    /// </summary>
    public EmailAddress? Postmaster { get; set; }

    /// <summary>Divides a local part from what its owner puts behind it (<c>anna+shop@…</c>); null switches this off.</summary>
    public char? DetailSeparator { get; set; } = '+';

    /// <summary>How long traces and receipts are kept. Default 30 days: what an auditor asks for each month.</summary>
    public TimeSpan TraceRetention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How the DNS is asked.</summary>
    public DnsOptions Dns { get; } = new();

    /// <summary>How mail from other servers is checked.</summary>
    public AuthenticationOptions Authentication { get; set; } = new();

    /// <summary>How policies are fetched and reports are sent.</summary>
    public OutboundHttpsOptions Https { get; } = new();
}
