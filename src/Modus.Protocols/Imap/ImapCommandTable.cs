using System.Collections.Frozen;
using Modus.Protocols.Imap.Commands;
using Modus.Protocols.Imap.Parser;

namespace Modus.Protocols.Imap;

/// <summary>Where a session stands (RFC 9051 §3); a command may come in some phases only.</summary>
[Flags]
internal enum ImapPhases
{
    NotAuthenticated = 1,
    Authenticated = 2,
    Selected = 4,
    LoggedIn = Authenticated | Selected,
    Any = NotAuthenticated | LoggedIn,
}

/// <summary>What the session's loop does about a command besides running it.</summary>
[Flags]
internal enum ImapCommandFlags
{
    None = 0,

    /// <summary>Takes no argument.</summary>
    NoArgument = 1,

    /// <summary>Its literals are messages, which it reads itself.</summary>
    StreamsLiterals = 2,

    /// <summary>Means messages by sequence number, so that none may change while it runs: no EXPUNGE in its responses (RFC 9051 §7.5.1).</summary>
    UsesSequenceNumbers = 4,

    /// <summary>Tells of nothing that happened meanwhile: the mailbox is another one or none when it ends.</summary>
    LeavesMailbox = 8,
}

/// <summary>A row of the table: a verb and everything that the loop must know of it.</summary>
/// <param name="Verb">The verb, in capitals; <c>UID FETCH</c> is one, too.</param>
/// <param name="Command">What it does.</param>
/// <param name="Phases">Where it may come.</param>
/// <param name="Flags">What else the loop does.</param>
/// <param name="Capability">The capability without which it is unknown; null for those that are always there.</param>
internal sealed record ImapCommandRow(
    string Verb, IImapCommand Command, ImapPhases Phases, ImapCommandFlags Flags = ImapCommandFlags.None, string? Capability = null);

/// <summary>The protocol: every verb, when it may come, and what is demanded before it.</summary>
internal static class ImapCommandTable
{
    private const int LongestVerb = 16;

    private static readonly FrozenDictionary<string, ImapCommandRow> Rows = new ImapCommandRow[]
    {
        new("CAPABILITY", new CapabilityCommand(), ImapPhases.Any, ImapCommandFlags.NoArgument),
        new("NOOP", new NoopCommand(), ImapPhases.Any, ImapCommandFlags.NoArgument),
        new("LOGOUT", new LogoutCommand(), ImapPhases.Any, ImapCommandFlags.NoArgument | ImapCommandFlags.LeavesMailbox),
        new("ID", new IdCommand(), ImapPhases.Any, Capability: ImapCapability.Id),

        new("STARTTLS", new StartTlsCommand(), ImapPhases.NotAuthenticated, ImapCommandFlags.NoArgument),
        new("LOGIN", new LoginCommand(), ImapPhases.NotAuthenticated),
        new("AUTHENTICATE", new AuthenticateCommand(), ImapPhases.NotAuthenticated),

        new("ENABLE", new EnableCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Enable),
        new("UNAUTHENTICATE", new UnauthenticateCommand(), ImapPhases.LoggedIn, ImapCommandFlags.NoArgument | ImapCommandFlags.LeavesMailbox, ImapCapability.Unauthenticate),
        new("COMPRESS", new CompressCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Compress),
        new("NAMESPACE", new NamespaceCommand(), ImapPhases.LoggedIn, ImapCommandFlags.NoArgument, ImapCapability.Namespace),

        new("SELECT", new SelectCommand(readOnly: false), ImapPhases.LoggedIn, ImapCommandFlags.LeavesMailbox),
        new("EXAMINE", new SelectCommand(readOnly: true), ImapPhases.LoggedIn, ImapCommandFlags.LeavesMailbox),
        new("CREATE", new CreateCommand(), ImapPhases.LoggedIn),
        new("DELETE", new DeleteCommand(), ImapPhases.LoggedIn),
        new("RENAME", new RenameCommand(), ImapPhases.LoggedIn),
        new("SUBSCRIBE", new SubscribeCommand(subscribe: true), ImapPhases.LoggedIn),
        new("UNSUBSCRIBE", new SubscribeCommand(subscribe: false), ImapPhases.LoggedIn),
        new("LIST", new ListCommand(), ImapPhases.LoggedIn),
        new("LSUB", new LsubCommand(), ImapPhases.LoggedIn),
        new("STATUS", new StatusCommand(), ImapPhases.LoggedIn),
        new("APPEND", new AppendCommand(), ImapPhases.LoggedIn, ImapCommandFlags.StreamsLiterals),
        new("IDLE", new IdleCommand(), ImapPhases.LoggedIn, ImapCommandFlags.NoArgument, ImapCapability.Idle),
        new("NOTIFY", new NotifyCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Notify),
        new("GETQUOTA", new GetQuotaCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Quota),
        new("GETQUOTAROOT", new GetQuotaRootCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Quota),
        new("GETMETADATA", new GetMetadataCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Metadata),
        new("SETMETADATA", new SetMetadataCommand(), ImapPhases.LoggedIn, Capability: ImapCapability.Metadata),

        new("CHECK", new NoopCommand(), ImapPhases.Selected, ImapCommandFlags.NoArgument),
        new("CLOSE", new CloseCommand(expunges: true), ImapPhases.Selected, ImapCommandFlags.NoArgument | ImapCommandFlags.LeavesMailbox),
        new("UNSELECT", new CloseCommand(expunges: false), ImapPhases.Selected, ImapCommandFlags.NoArgument | ImapCommandFlags.LeavesMailbox, ImapCapability.Unselect),
        new("EXPUNGE", new ExpungeCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.NoArgument),
        new("UID EXPUNGE", new ExpungeCommand(byUid: true), ImapPhases.Selected, Capability: ImapCapability.UidPlus),
        new("FETCH", new FetchCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.UsesSequenceNumbers),
        new("UID FETCH", new FetchCommand(byUid: true), ImapPhases.Selected),
        new("SEARCH", new SearchCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.UsesSequenceNumbers),
        new("UID SEARCH", new SearchCommand(byUid: true), ImapPhases.Selected),
        new("SORT", new SortCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.UsesSequenceNumbers, ImapCapability.Sort),
        new("UID SORT", new SortCommand(byUid: true), ImapPhases.Selected, Capability: ImapCapability.Sort),
        new("THREAD", new ThreadCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.UsesSequenceNumbers),
        new("UID THREAD", new ThreadCommand(byUid: true), ImapPhases.Selected),
        new("STORE", new StoreCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.UsesSequenceNumbers),
        new("UID STORE", new StoreCommand(byUid: true), ImapPhases.Selected),
        new("COPY", new CopyCommand(byUid: false, moves: false), ImapPhases.Selected),
        new("UID COPY", new CopyCommand(byUid: true, moves: false), ImapPhases.Selected),
        new("MOVE", new CopyCommand(byUid: false, moves: true), ImapPhases.Selected, Capability: ImapCapability.Move),
        new("UID MOVE", new CopyCommand(byUid: true, moves: true), ImapPhases.Selected, Capability: ImapCapability.Move),
        new("REPLACE", new ReplaceCommand(byUid: false), ImapPhases.Selected, ImapCommandFlags.StreamsLiterals, ImapCapability.Replace),
        new("UID REPLACE", new ReplaceCommand(byUid: true), ImapPhases.Selected, ImapCommandFlags.StreamsLiterals, ImapCapability.Replace),
    }.ToFrozenDictionary(static row => row.Verb, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ImapCommandRow>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Rows.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Takes a verb in any case, without allocating; of UID, the verb behind it too.</summary>
    public static bool TryTakeVerb(ref ImapParser parser, out ImapCommandRow row)
    {
        row = null!;
        Span<char> verb = stackalloc char[LongestVerb];
        if (!parser.TakeAtom(out var first) || !TryWrite(first, verb, 0, out var length)) return false;
        if (length == 3 && verb[..3].Equals("UID", StringComparison.OrdinalIgnoreCase))
        {
            if (!parser.TakeSpace() || !parser.TakeAtom(out var second) || !TryWrite(second, verb, 4, out length)) return false;
            verb[3] = ' ';
        }

        return Lookup.TryGetValue(verb[..length], out row!);
    }

    private static bool TryWrite(ReadOnlySpan<byte> atom, Span<char> verb, int at, out int length)
    {
        length = at + atom.Length;
        if (length > verb.Length) return false;
        for (var i = 0; i < atom.Length; i++) verb[at + i] = (char)atom[i];
        return true;
    }
}
