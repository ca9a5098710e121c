namespace Modus.Delivery.Queue;

/// <summary>How the queue is worked on. Read once, when the services are registered.</summary>
public sealed record QueueOptions
{
    /// <summary>Where mail servers listen (RFC 5321 §4.5.4.2).</summary>
    public const int SmtpPort = 25;

    /// <summary>False: nothing is sent; mail waits in the queue.</summary>
    public bool Sending { get; init; } = true;

    /// <summary>The name by which others know this server: an MX with it is this server itself (RFC 5321 §5.1).</summary>
    public string HostName { get; init; } = "localhost";

    /// <summary>Where MX hosts listen. Another port than 25 is of use in tests only.</summary>
    public int Port { get; init; } = SmtpPort;

    /// <summary>The first retry comes so long after the first attempt; each further one after twice the time. Postfix: minimal_backoff_time.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest time between two attempts.</summary>
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromHours(4);

    /// <summary>When mail is given up (RFC 5321 §4.5.4.1: 4 to 5 days at least).</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(5);

    /// <summary>When the sender is told that it takes long. Sendmail: Timeout.queuewarn.</summary>
    public TimeSpan DelayNoticeAfter { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Destinations (domains) worked on at once.</summary>
    public int Destinations { get; init; } = 100;

    /// <summary>Connections to one destination, and to one host, at once. Postfix: smtp_destination_concurrency_limit.</summary>
    public int ConnectionsPerDestination { get; init; } = 20;

    /// <summary>Recipients in one transaction; every server takes so many (RFC 5321 §4.5.3.1.8).</summary>
    public int RecipientsPerTransaction { get; init; } = 100;

    /// <summary>How long a connection is kept for the next message. Postfix keeps it for seconds; servers wait 5 minutes (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan IdleConnection { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Messages over one connection. Postfix: smtp_connection_reuse_count_limit is unlimited, many servers close after 100.</summary>
    public int TransactionsPerConnection { get; init; } = 100;

    /// <summary>How long a worker owns what it leased; renewed while it works, so that it bounds the wait after a crash alone.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What happens when a next hop that always spoke TLS suddenly does not.</summary>
    public TlsDowngrade Downgrade { get; init; } = TlsDowngrade.Report;

    /// <summary>On so many days a next hop must have spoken TLS for its absence to be suspicious.</summary>
    public int DowngradeAfterDays { get; init; } = 3;

    /// <summary>How long TLS is not tried with a next hop where it broke for the first time; twice as long each further time.</summary>
    public TimeSpan BrokenTls { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest such time. Haraka: tls.ini no_tls_hosts remembers for a week.</summary>
    public TimeSpan LongestBrokenTls { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>What happens when a next hop that always spoke TLS suddenly does not.</summary>
public enum TlsDowngrade
{
    /// <summary>The mail is sent in clear, with an alarm in the log, the metrics and the trace.</summary>
    Report,

    /// <summary>The mail is held for a person, with the same alarm.</summary>
    Hold,

    /// <summary>The mail is sent in clear.</summary>
    Allow,
}
