namespace Modus.Protocols.Smtp.Client;

/// <summary>How long other servers may take, and how much they may say; with where each bound comes from.</summary>
public sealed record SmtpClientLimits
{
    /// <summary>The longest line of a reply in bytes without CRLF. RFC 5321 §4.5.3.1.5 says 512 with it; some servers write more: 1,024.</summary>
    public int MaxReplyLine { get; init; } = 1024;

    /// <summary>Lines of one reply; the longest EHLO replies have about 30: 100.</summary>
    public int MaxReplyLines { get; init; } = 100;

    /// <summary>Commands that are sent before their replies are read. RFC 2920 §3.1 warns of filling both directions: 100 of them fit in a
    /// socket's buffers, and so do their replies.</summary>
    public int MaxPipelined { get; init; } = 100;

    /// <summary>How long a TCP connection may take to come about; 30 s is Postfix's smtp_connect_timeout.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the greeting may take: 5 minutes (RFC 5321 §4.5.3.2.1).</summary>
    public TimeSpan GreetingTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a reply to EHLO, STARTTLS, AUTH, MAIL, RCPT or RSET may take: 5 minutes (RFC 5321 §4.5.3.2.2, §4.5.3.2.3).</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>What each further reply of a pipelined group adds to that, so that a thousand recipients are no thousand times 5 minutes.</summary>
    public TimeSpan PipelinedPace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the reply to DATA may take: 2 minutes (RFC 5321 §4.5.3.2.4).</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long the server may not take content: 3 minutes (RFC 5321 §4.5.3.2.5).</summary>
    public TimeSpan ContentTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The least rate of content in bytes a second after that pause is used up; 240 is Kestrel's MinResponseDataRate.</summary>
    public int MinContentRate { get; init; } = 240;

    /// <summary>How long the reply to the whole content may take: 10 minutes (RFC 5321 §4.5.3.2.6).</summary>
    public TimeSpan ContentEndTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the reply to QUIT is waited for, which nothing depends on: 2 s.</summary>
    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(2);

    internal IEnumerable<string> Validate()
    {
        if (MaxReplyLine < 510) yield return $"{nameof(MaxReplyLine)} is {MaxReplyLine}: 510 or more (RFC 5321 §4.5.3.1.5)";
        if (MaxReplyLines < 20) yield return $"{nameof(MaxReplyLines)} is {MaxReplyLines}: 20 or more";
        if (MaxPipelined is < 1 or > 1000) yield return $"{nameof(MaxPipelined)} is {MaxPipelined}: 1 to 1,000";
        if (MinContentRate < 1) yield return $"{nameof(MinContentRate)} is {MinContentRate}: 1 or more";
        foreach (var (name, value) in new[]
        {
            (nameof(ConnectTimeout), ConnectTimeout), (nameof(GreetingTimeout), GreetingTimeout), (nameof(CommandTimeout), CommandTimeout),
            (nameof(PipelinedPace), PipelinedPace), (nameof(DataTimeout), DataTimeout), (nameof(ContentTimeout), ContentTimeout),
            (nameof(ContentEndTimeout), ContentEndTimeout), (nameof(QuitTimeout), QuitTimeout),
        })
        {
            if (value < TimeSpan.FromSeconds(1)) yield return $"{name} is {value}: a second or more";
        }
    }
}
