using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Peers;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Delivery.Vpn;
using Modus.Server.Acme;
using Modus.Server.Autoconfiguration;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin;

/// <summary>What an admin operation may use: contracts of the one open store, and what the server that runs it knows.</summary>
/// <param name="Directory">Domains, accounts, aliases.</param>
/// <param name="Queue">Mail that waits.</param>
/// <param name="Traces">What happened to each message.</param>
/// <param name="Records">What the server keeps for itself.</param>
/// <param name="Settings">What is kept beside the directory.</param>
/// <param name="Maintenance">Verification and compaction.</param>
internal sealed record AdminPorts(
    IDirectory Directory, IQueue Queue, ITraces Traces, IRecords Records, ISettings Settings, IStoreMaintenance Maintenance)
{
    /// <summary>Mailboxes and their messages.</summary>
    public required IMailStore Mail { get; init; }

    /// <summary>Who keeps the store's files, to copy them.</summary>
    public required StoreHolds Holds { get; init; }
    /// <summary>Several changes as one.</summary>
    public required IStoreChanges Batches { get; init; }
    /// <summary>The way in for messages.</summary>
    public required IDelivery Delivery { get; init; }

    /// <summary>What chooses the server's certificates; null where no server runs.</summary>
    public CertificateSelector? Certificates { get; init; }

    /// <summary>What the running server serves; null where no server runs.</summary>
    public CertificateStore? ServedCertificates { get; init; }

    /// <summary>Loads the certificates as a server would; null where one runs.</summary>
    public Func<CertificateStore>? LoadCertificates { get; init; }

    /// <summary>The certificates that are managed by command.</summary>
    public ManagedCertificates? ManagedCertificates { get; init; }

    /// <summary>The private authorities.</summary>
    public PrivateAuthorities? Authorities { get; init; }

    /// <summary>Who asks: the account of this machine.</summary>
    public string Caller { get; init; } = "modus";

    /// <summary>What the running server remembers of next hops; null where no server runs.</summary>
    public HopLedger? Ledger { get; init; }

    /// <summary>The peer policy of the running server; null where no server runs.</summary>
    public StoredPeerPolicy? Peers { get; init; }

    /// <summary>What has mail tried now; null where no server runs.</summary>
    public QueueHurry? Hurry { get; init; }

    /// <summary>What calls next hops to see what they do; null where no server runs.</summary>
    public HopProbe? Probe { get; init; }

    /// <summary>The routes that count in the running server; null where no server runs.</summary>
    public RouteTable? Routes { get; init; }

    /// <summary>What compares keys with the DNS; null where no server runs.</summary>
    public DkimRecordCheck? DkimRecords { get; init; }

    /// <summary>The e-mail VPN of the running server; null where no server runs.</summary>
    public VpnGateway? Vpn { get; init; }

    /// <summary>The configuration of file and environment; null where none was read.</summary>
    public ServerConfiguration? File { get; init; }

    /// <summary>What brings changed settings into effect; null where no server runs.</summary>
    public LiveSettings? Live { get; init; }

    /// <summary>What puts the signs of tampering together; null where no server runs.</summary>
    public TamperSensor? Sensor { get; init; }

    /// <summary>Where the running server listens; null where no server runs.</summary>
    public Doors? Doors { get; init; }
    /// <summary>What obtains certificates; null where no server runs.</summary>
    public AcmeRenewer? Acme { get; init; }

    /// <summary>What the running server offers to mail programs; null where no server runs.</summary>
    public MailOffers? Offers { get; init; }

    /// <summary>Hears of the progress of long work; null where nobody watches.</summary>
    public IProgress<VerifyProgress>? Progress { get; init; }
}
