using Modus.Storage;

namespace Modus.Protocols.Imap;

/// <summary>Everything that a client could make grow, with its bound and where the bound comes from.</summary>
public sealed record ImapLimits
{
    /// <summary>The longest command in octets, its literals included, that is no message: 64 KB as Dovecot's imap_max_line_length;
    /// RFC 7162 §4 asks for 8,192 at least.</summary>
    public int MaxCommand { get; init; } = 64 * 1024;

    /// <summary>The same before login: two strings of a login and a SASL response (12,288 as in RFC 4954 §4) fit.</summary>
    public int MaxCommandBeforeLogin { get; init; } = 16 * 1024;

    /// <summary>The largest message that APPEND takes, in octets (APPENDLIMIT, RFC 7889); as the SIZE of the SMTP room.</summary>
    public long MaxMessageSize { get; init; } = 50L << 20;

    /// <summary>Messages of one APPEND (RFC 3502): each holds a file or buffers until all are there.</summary>
    public int MaxMessagesPerAppend { get; init; } = 100;

    /// <summary>Names and event groups of one NOTIFY: each is compared with each mailbox that changed. Dovecot takes 100 names.</summary>
    public int MaxNotifyNames { get; init; } = 1000;

    /// <summary>Mailboxes that changed, and entries of annotations, that a session remembers while it cannot tell of them: as many mailboxes
    /// as an account may have. Beyond it NOTIFY is off (RFC 5465 §5.8).</summary>
    public int MaxPendingChanges { get; init; } = StoreLimits.MaxMailboxes;

    /// <summary>Commands that were refused for their syntax or sequence, one behind the other; 20 is Postfix's smtpd_hard_error_limit.</summary>
    public int MaxFaults { get; init; } = 20;

    /// <summary>Failed logins in one session.</summary>
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>Connections at once on one listener.</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Connections at once from one address (IPv6: one /64). A mail program opens five or so, and an office shares an address.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 200;

    /// <summary>How long a client may be silent before login; RFC 9051 §5.4 asks for more only behind it.</summary>
    public TimeSpan LoginTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a client may be silent behind login, IDLE included: RFC 9051 §5.4 and RFC 2177 §3 say at least 30 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(35);

    /// <summary>How long a literal may pause; over the whole no longer than this and a second for each 240 bytes.</summary>
    public TimeSpan LiteralTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a client may take to accept what fills the buffers, 64 KB or so at a time.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    internal IEnumerable<string> Validate()
    {
        if (MaxCommand < 8192) yield return $"{nameof(MaxCommand)} is {MaxCommand}: 8,192 or more (RFC 7162 §4)";
        if (MaxCommandBeforeLogin < 1024) yield return $"{nameof(MaxCommandBeforeLogin)} is {MaxCommandBeforeLogin}: 1,024 or more";
        if (MaxMessageSize is < 1 or > uint.MaxValue) yield return $"{nameof(MaxMessageSize)} is {MaxMessageSize}: 1 to 4,294,967,295 (RFC 7889 §4)";
        foreach (var (name, value) in new[]
        {
            (nameof(MaxMessagesPerAppend), MaxMessagesPerAppend), (nameof(MaxNotifyNames), MaxNotifyNames), (nameof(MaxPendingChanges), MaxPendingChanges),
            (nameof(MaxFaults), MaxFaults), (nameof(MaxFailedLogins), MaxFailedLogins),
            (nameof(MaxConnections), MaxConnections), (nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress),
        })
        {
            if (value < 1) yield return $"{name} is {value}: 1 or more";
        }

        foreach (var (name, value) in new[]
        {
            (nameof(LoginTimeout), LoginTimeout), (nameof(IdleTimeout), IdleTimeout),
            (nameof(LiteralTimeout), LiteralTimeout), (nameof(WriteTimeout), WriteTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1)) yield return $"{name} is {value}: a second or more";
        }
    }
}
