using Modus.Protocols.Smtp.Commands;
using Modus.Protocols.Smtp.Responses;

namespace Modus.Protocols.Smtp;

/// <summary>Where a session stands; a command may come in some phases only.</summary>
[Flags]
internal enum SmtpPhases
{
    /// <summary>Nobody has said HELO or EHLO.</summary>
    Connected = 1,

    /// <summary>Greeted, no transaction open.</summary>
    Ready = 2,

    /// <summary>After MAIL.</summary>
    Transaction = 4,

    /// <summary>After the first BDAT.</summary>
    Chunks = 8,

    Any = Connected | Ready | Transaction | Chunks,
}

/// <summary>What the session's loop does about a command besides running it.</summary>
[Flags]
internal enum SmtpCommandFlags
{
    None = 0,

    /// <summary>May come before TLS where TLS is demanded (RFC 3207 §4).</summary>
    BeforeTls = 1,

    /// <summary>May come before a login where one is demanded (RFC 4954 §6).</summary>
    BeforeLogin = 2,

    /// <summary>Ends a group of pipelined commands: its reply is sent at once (RFC 2920 §3.1).</summary>
    EndsPipelineGroup = 4,

    /// <summary>Takes no argument.</summary>
    NoArgument = 8,

    /// <summary>
    /// Octets follow the line that must be read even when the command is refused, so the command itself refuses: without the
    /// transaction that TLS and login stand before, it takes nothing.
    /// </summary>
    CarriesOctets = 16,

    /// <summary>What stands behind the first word of its argument is a secret: never a string, and wiped.</summary>
    HoldsSecret = 32,

    /// <summary>Moves no mail: a session has a bounded number of such commands.</summary>
    CountsAsJunk = 64,

    /// <summary>Names a recipient: more of them than are taken are no fault of the client (RFC 5321 §4.5.3.1.10), and those that are
    /// refused have a bound of their own.</summary>
    NamesRecipient = 128,

    /// <summary>One of the few that a peer may say in clear of which TLS is demanded (RFC 3207 §4).</summary>
    BeforeForcedTls = 256,
}

/// <summary>A row of the table: a verb and everything that the loop must know of it.</summary>
internal sealed record SmtpCommandRow(string Verb, ISmtpCommand Command, SmtpPhases Phases, SmtpReply OutOfPhase, SmtpCommandFlags Flags);

/// <summary>The protocol: every verb, when it may come, and what is demanded before it.</summary>
internal static class SmtpCommandTable
{
    private const int MaxVerb = 8;

    private static readonly Dictionary<ulong, SmtpCommandRow> Rows = Build(
    [
        Row("EHLO", new HeloCommand(extended: true), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("HELO", new HeloCommand(extended: false), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("STARTTLS", new StartTlsCommand(), SmtpPhases.Ready, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.NoArgument),
        Row("AUTH", new AuthCommand(), SmtpPhases.Ready, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.HoldsSecret | SmtpCommandFlags.CountsAsJunk),
        Row("MAIL", new MailCommand(), SmtpPhases.Ready, SmtpCommandFlags.None),
        Row("RCPT", new RcptCommand(), SmtpPhases.Transaction, SmtpCommandFlags.NamesRecipient),
        Row("DATA", new DataCommand(), SmtpPhases.Transaction, SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.NoArgument),
        Row("BDAT", new BdatCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.CarriesOctets),
        Row("RSET", new RsetCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.NoArgument | SmtpCommandFlags.CountsAsJunk),
        Row("NOOP", new NoopCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("VRFY", new VrfyCommand(), SmtpPhases.Any, SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("EXPN", new ExpnCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("HELP", new HelpCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("ETRN", new EtrnCommand(), SmtpPhases.Ready, SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.CountsAsJunk),
        Row("QUIT", new QuitCommand(), SmtpPhases.Any, SmtpCommandFlags.BeforeTls | SmtpCommandFlags.BeforeForcedTls | SmtpCommandFlags.BeforeLogin | SmtpCommandFlags.EndsPipelineGroup | SmtpCommandFlags.NoArgument),
    ]);

    /// <summary>Finds a verb in any case, without allocating.</summary>
    public static bool TryFind(ReadOnlySpan<byte> verb, out SmtpCommandRow row)
    {
        row = null!;
        return verb.Length is > 0 and <= MaxVerb && Rows.TryGetValue(Pack(verb), out row!);
    }

    private static SmtpCommandRow Row(string verb, ISmtpCommand command, SmtpPhases phases, SmtpCommandFlags flags) => new(
        verb,
        command,
        phases,
        phases == SmtpPhases.Ready ? SmtpReplies.InTransaction : SmtpReplies.NeedMail,
        flags);

    private static Dictionary<ulong, SmtpCommandRow> Build(SmtpCommandRow[] rows) =>
        rows.ToDictionary(row => Pack(System.Text.Encoding.ASCII.GetBytes(row.Verb)));

    // Up to eight letters fit into a number; 0x20 folds the case of ASCII letters.
    private static ulong Pack(ReadOnlySpan<byte> verb)
    {
        ulong packed = 0;
        foreach (var b in verb) packed = packed << 8 | (char.IsAsciiLetter((char)b) ? (uint)(b | 0x20) : b);
        return packed;
    }
}
