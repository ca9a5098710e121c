namespace Modus.Protocols.Smtp;

/// <summary>Everything that a stranger could make grow, with its bound and where the bound comes from.</summary>
public sealed record SmtpLimits
{
    /// <summary>The longest command line in bytes without CRLF. RFC 5321 §4.5.3.1.4 asks for 512 plus what extensions add
    /// (SIZE, BODY, SMTPUTF8, DSN: about 1,100); 2,048 is Postfix's line_length_limit.</summary>
    public int MaxCommandLine { get; init; } = 2048;

    /// <summary>The longest line of an authentication exchange: RFC 4954 §4 asks for 12,288.</summary>
    public int MaxAuthLine { get; init; } = 12_288;

    /// <summary>The largest message in bytes, said as SIZE (RFC 1870). 50 MiB holds what large providers let through.</summary>
    public long MaxMessageSize { get; init; } = 50L * 1024 * 1024;

    /// <summary>The longest line of a message in bytes without CRLF. RFC 5321 §4.5.3.1.6 says 998, but mail with longer
    /// lines is common and must not be cut: 64 KiB.</summary>
    public int MaxContentLine { get; init; } = 64 * 1024;

    /// <summary>Recipients in one transaction, said as LIMITS RCPTMAX; RFC 5321 §4.5.3.1.8 asks for at least 100. 1,000 is
    /// Postfix's smtpd_recipient_limit.</summary>
    public int MaxRecipients { get; init; } = 1000;

    /// <summary>Transactions in one session, said as LIMITS MAILMAX (RFC 9422).</summary>
    public int MaxTransactions { get; init; } = 1000;

    /// <summary>Received fields before a message is taken to be in a loop: RFC 5321 §6.3 says at least 100.</summary>
    public int MaxHops { get; init; } = 100;

    /// <summary>Commands that were refused for their syntax or sequence in one session; 20 is Postfix's
    /// smtpd_hard_error_limit.</summary>
    public int MaxFaults { get; init; } = 20;

    /// <summary>Commands in one session that move no mail: NOOP, RSET, EHLO, VRFY, HELP, AUTH and whatever is refused for another
    /// reason than its syntax, but for recipients. A message that was taken begins the count anew. 100 is Postfix's
    /// smtpd_junk_command_limit.</summary>
    public int MaxJunkCommands { get; init; } = 100;

    /// <summary>Recipients refused in one session: what harvests addresses asks for many that are not there.</summary>
    public int MaxRefusedRecipients { get; init; } = 100;

    /// <summary>Failed authentications in one session. MailKit tries four mechanisms with one wrong password, and should hear
    /// that it is wrong instead of a lost connection: 5.</summary>
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>Connections at once on one listener.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Connections at once from one address (IPv6: one /64); 50 is Postfix's
    /// smtpd_client_connection_count_limit.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 50;

    /// <summary>How long a client may take for a command line: 5 minutes (RFC 5321 §4.5.3.2.7).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long content may pause: 3 minutes (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan ContentTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The least rate of content after that pause is used up; 240 bytes a second is Kestrel's
    /// MinRequestBodyDataRate.</summary>
    public int MinContentRate { get; init; } = 240;

    /// <summary>How long a client may take to accept our replies.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    internal IEnumerable<string> Validate()
    {
        if (MaxCommandLine < 1024) yield return $"{nameof(MaxCommandLine)} is {MaxCommandLine}: 1,024 or more";
        if (MaxAuthLine < 1024) yield return $"{nameof(MaxAuthLine)} is {MaxAuthLine}: 1,024 or more";
        if (MaxMessageSize < 65_536) yield return $"{nameof(MaxMessageSize)} is {MaxMessageSize}: 65,536 or more (RFC 5321 §4.5.3.1.7)";
        if (MaxContentLine < 998) yield return $"{nameof(MaxContentLine)} is {MaxContentLine}: 998 or more (RFC 5321 §4.5.3.1.6)";
        if (MaxRecipients < 100) yield return $"{nameof(MaxRecipients)} is {MaxRecipients}: 100 or more (RFC 5321 §4.5.3.1.8)";
        if (MaxHops < 10) yield return $"{nameof(MaxHops)} is {MaxHops}: 10 or more";
        foreach (var (name, value) in new[]
        {
            (nameof(MaxTransactions), MaxTransactions), (nameof(MaxFaults), MaxFaults), (nameof(MaxJunkCommands), MaxJunkCommands),
            (nameof(MaxRefusedRecipients), MaxRefusedRecipients), (nameof(MaxFailedLogins), MaxFailedLogins),
            (nameof(MaxConnections), MaxConnections), (nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress),
            (nameof(MinContentRate), MinContentRate),
        })
        {
            if (value < 1) yield return $"{name} is {value}: 1 or more";
        }

        foreach (var (name, value) in new[]
        {
            (nameof(CommandTimeout), CommandTimeout), (nameof(ContentTimeout), ContentTimeout), (nameof(WriteTimeout), WriteTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1)) yield return $"{name} is {value}: a second or more";
        }
    }
}
