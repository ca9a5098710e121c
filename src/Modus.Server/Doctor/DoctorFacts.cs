using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>What the server and its store know of themselves, read before anything is asked of others. Immutable.</summary>
internal sealed record DoctorFacts
{
    /// <summary>The configuration of file and environment.</summary>
    public required ServerConfiguration Configuration { get; init; }

    /// <summary>Whether a server runs on the data folder.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Why the store cannot be asked; null when it was.</summary>
    public string? StoreFault { get; init; }

    /// <summary>The listeners of the running server; empty without one.</summary>
    public IReadOnlyList<DoorRow> Doors { get; init; } = [];

    /// <summary>The domains that are looked at.</summary>
    public IReadOnlyList<Domain> Domains { get; init; } = [];

    /// <summary>How many more there are.</summary>
    public int MoreDomains { get; init; }

    public IReadOnlyList<DkimRow> Keys { get; init; } = [];

    /// <summary>The SRV records by which mail programs find this server, of the domains that are looked at.</summary>
    public IReadOnlyList<AutoconfigRecordRow> Services { get; init; } = [];

    public IReadOnlyList<StsRow> Policies { get; init; } = [];

    /// <summary>Where others send their TLS reports; null for nowhere.</summary>
    public string? ReportAddress { get; init; }

    public IReadOnlyList<MailRoute> Routes { get; init; } = [];

    /// <summary>What is remembered of next hops.</summary>
    public IReadOnlyList<HopRecord> Hops { get; init; } = [];

    /// <summary>Some of the mail that waits.</summary>
    public IReadOnlyList<QueueRow> Queue { get; init; } = [];

    /// <summary>What the running server saw of somebody who keeps TLS off.</summary>
    public IReadOnlyList<TamperFinding> Tampering { get; init; } = [];

    public CertificateListRow? Certificates { get; init; }

    public string Hostname => Configuration.Hostname.Name;
}
