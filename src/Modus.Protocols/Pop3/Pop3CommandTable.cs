using System.Text;
using Modus.Protocols.Pop3.Commands;

namespace Modus.Protocols.Pop3;

/// <summary>Where a session stands (RFC 1939 §3); a command may come in some phases only. UPDATE is QUIT at work.</summary>
[Flags]
internal enum Pop3Phases
{
    Authorization = 1,
    Transaction = 2,
    Any = Authorization | Transaction,
}

/// <summary>What the session's loop does about a command besides running it.</summary>
[Flags]
internal enum Pop3CommandFlags
{
    None = 0,

    /// <summary>Takes no argument.</summary>
    NoArgument = 1,

    /// <summary>Carries credentials, so it is refused in clear (RFC 8314 §3).</summary>
    NeedsTls = 2,

    /// <summary>The line may be as long as those of SASL exchanges.</summary>
    LongLine = 4,
}

/// <summary>A row of the table: a verb and everything that the loop must know of it.</summary>
internal sealed record Pop3CommandRow(string Verb, IPop3Command Command, Pop3Phases Phases, Pop3CommandFlags Flags);

/// <summary>The protocol: every verb, when it may come, and what is demanded before it.</summary>
internal static class Pop3CommandTable
{
    private static readonly Dictionary<uint, Pop3CommandRow> Rows = new Pop3CommandRow[]
    {
        new("CAPA", new CapaCommand(), Pop3Phases.Any, Pop3CommandFlags.NoArgument),
        new("STLS", new StlsCommand(), Pop3Phases.Authorization, Pop3CommandFlags.NoArgument),
        new("UTF8", new Utf8Command(), Pop3Phases.Authorization, Pop3CommandFlags.NoArgument),
        new("USER", new UserCommand(), Pop3Phases.Authorization, Pop3CommandFlags.NeedsTls),
        new("PASS", new PassCommand(), Pop3Phases.Authorization, Pop3CommandFlags.NeedsTls),
        new("AUTH", new AuthCommand(), Pop3Phases.Authorization, Pop3CommandFlags.NeedsTls | Pop3CommandFlags.LongLine),
        new("STAT", new StatCommand(), Pop3Phases.Transaction, Pop3CommandFlags.NoArgument),
        new("LIST", new ListCommand(), Pop3Phases.Transaction, Pop3CommandFlags.None),
        new("UIDL", new UidlCommand(), Pop3Phases.Transaction, Pop3CommandFlags.None),
        new("RETR", new RetrCommand(), Pop3Phases.Transaction, Pop3CommandFlags.None),
        new("TOP", new TopCommand(), Pop3Phases.Transaction, Pop3CommandFlags.None),
        new("DELE", new DeleCommand(), Pop3Phases.Transaction, Pop3CommandFlags.None),
        new("RSET", new RsetCommand(), Pop3Phases.Transaction, Pop3CommandFlags.NoArgument),
        new("NOOP", new NoopCommand(), Pop3Phases.Transaction, Pop3CommandFlags.NoArgument),
        new("QUIT", new QuitCommand(), Pop3Phases.Any, Pop3CommandFlags.NoArgument),
    }.ToDictionary(row => Pack(Encoding.ASCII.GetBytes(row.Verb)));

    /// <summary>Finds a verb in any case, without allocating.</summary>
    public static bool TryFind(ReadOnlySpan<byte> verb, out Pop3CommandRow row)
    {
        row = null!;
        return verb.Length is 3 or 4 && Rows.TryGetValue(Pack(verb), out row!);
    }

    // keyword = 3*4VCHAR: it fits into a number; 0x20 folds the case of ASCII letters.
    private static uint Pack(ReadOnlySpan<byte> verb)
    {
        uint packed = 0;
        foreach (var b in verb) packed = packed << 8 | (char.IsAsciiLetter((char)b) ? (uint)(b | 0x20) : b);
        return packed;
    }
}
