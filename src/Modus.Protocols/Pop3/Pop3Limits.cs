namespace Modus.Protocols.Pop3;

/// <summary>Everything that a client could make grow, with its bound and where the bound comes from.</summary>
public sealed record Pop3Limits
{
    /// <summary>The longest command line in octets with CRLF: 255 (RFC 2449 §4).</summary>
    public int MaxCommandLine { get; init; } = 255;

    /// <summary>The longest line of an AUTH command and its exchange in octets: RFC 5034 §4 asks for what the mechanisms need;
    /// 12,288 as in RFC 4954 §4.</summary>
    public int MaxAuthLine { get; init; } = 12_288;

    /// <summary>Messages of INBOX that one session sees, the oldest first; the others show up when these are gone. 100,000 take
    /// 3 MB of memory.</summary>
    public int MaxMessages { get; init; } = 100_000;

    /// <summary>Commands that were refused for their syntax or sequence in one session; 20 is Postfix's
    /// smtpd_hard_error_limit.</summary>
    public int MaxFaults { get; init; } = 20;

    /// <summary>Failed logins in one session. MailKit tries four mechanisms and then USER with one wrong password; with fewer it
    /// tells its user of a broken connection and not of the password.</summary>
    public int MaxFailedLogins { get; init; } = 5;

    /// <summary>Connections at once on one listener.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Connections at once from one address (IPv6: one /64); as in the SMTP room.</summary>
    public int MaxConnectionsPerAddress { get; init; } = 50;

    /// <summary>How long a client may take for a command line: RFC 1939 §3 says at least 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a client may take to accept what fills the buffers, 64 KB or so at a time.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    internal IEnumerable<string> Validate()
    {
        if (MaxCommandLine < 255) yield return $"{nameof(MaxCommandLine)} is {MaxCommandLine}: 255 or more (RFC 2449 §4)";
        if (MaxAuthLine < 1024) yield return $"{nameof(MaxAuthLine)} is {MaxAuthLine}: 1,024 or more";
        foreach (var (name, value) in new[]
        {
            (nameof(MaxMessages), MaxMessages), (nameof(MaxFaults), MaxFaults), (nameof(MaxFailedLogins), MaxFailedLogins),
            (nameof(MaxConnections), MaxConnections), (nameof(MaxConnectionsPerAddress), MaxConnectionsPerAddress),
        })
        {
            if (value < 1) yield return $"{name} is {value}: 1 or more";
        }

        foreach (var (name, value) in new[] { (nameof(CommandTimeout), CommandTimeout), (nameof(WriteTimeout), WriteTimeout) })
        {
            if (value < TimeSpan.FromSeconds(1)) yield return $"{name} is {value}: a second or more";
        }
    }
}
