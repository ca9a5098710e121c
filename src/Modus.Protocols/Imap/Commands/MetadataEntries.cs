using System.Text;
using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>What METADATA is about: a mailbox, or the server when its name is empty; and the names of entries (RFC 5464 §3, §4).</summary>
internal static class MetadataEntries
{
    private const int MaxAtOnce = 100; // as many as a mailbox may have

    /// <summary>Where annotations are. Neither: there is no such mailbox.</summary>
    internal readonly record struct Place(bool IsServer, Mailbox? Mailbox)
    {
        public bool IsThere => IsServer || Mailbox is not null;

        public MailboxId? Id => Mailbox?.Id;
    }

    public static async ValueTask<Place> FindAsync(ImapSession session, MailboxArgument? argument, CancellationToken cancellationToken) =>
        argument is { } mailbox ? new Place(false, await MailboxLookup.FindAsync(session, mailbox, cancellationToken)) : new Place(true, null);

    /// <summary>Takes a mailbox name; the empty string, for the server, gives null.</summary>
    public static bool TakeMailbox(ref ImapParser parser, ImapSession session, out MailboxArgument? argument)
    {
        argument = null;
        var ahead = parser;
        if (ahead.TakeAstring(out var name) && name.Length == 0)
        {
            parser = ahead;
            return true;
        }

        if (!MailboxArgument.Take(ref parser, session.State.IsUtf8, out var mailbox)) return false;
        argument = mailbox;
        return true;
    }

    // entries = entry / "(" entry *(SP entry) ")"
    public static bool TakeNames(ref ImapParser parser, out List<string> names)
    {
        names = [];
        if (!parser.TryTake('(')) return TakeName(ref parser, names);
        do
        {
            if (!TakeName(ref parser, names)) return false;
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }

    // entry-values = "(" entry-value *(SP entry-value) ")" ; entry-value = entry SP value
    public static bool TakeValues(ref ImapParser parser, out List<Annotation> values)
    {
        values = [];
        if (!parser.Take('(')) return false;
        do
        {
            var names = new List<string>();
            if (values.Count == MaxAtOnce) return parser.Fail($"at most {MaxAtOnce} entries");
            if (!TakeName(ref parser, names)) return false;
            if (IsRoot(names[0])) return parser.Fail("an entry below /private or /shared");
            if (!parser.TakeSpace() || !TakeValue(ref parser, out var value)) return false;
            values.Add(new Annotation(names[0], value is null ? (ReadOnlyMemory<byte>?)null : value));
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }

    // value = nstring / literal8 ; and an atom, which MailKit sends for a short one
    private static bool TakeValue(ref ImapParser parser, out byte[]? value)
    {
        value = null;
        if (parser.TryTakeWord("NIL"u8)) return true;
        var taken = parser.IsAt('~') ? parser.TakeLiteral8(out var bytes) : parser.TakeAstring(out bytes);
        value = bytes;
        return taken;
    }

    // entry = astring ; RFC 5464 §3.2: begins with "/private" or "/shared", no "*", "%", "//", and no "/" at its end
    private static bool TakeName(ref ImapParser parser, List<string> names)
    {
        if (names.Count == MaxAtOnce) return parser.Fail($"at most {MaxAtOnce} entries");
        if (!parser.TakeAstring(out var bytes)) return false;
        if (bytes.AsSpan().ContainsAnyExceptInRange((byte)0x21, (byte)0x7e)) return parser.Fail("an entry name");
        var name = Encoding.ASCII.GetString(bytes);
        var isGood = (StartsWith(name, "/private/") || StartsWith(name, "/shared/") || IsRoot(name))
            && !name.AsSpan().ContainsAny('*', '%') && !name.Contains("//", StringComparison.Ordinal) && !name.EndsWith('/');
        names.Add(name);
        return isGood || parser.Fail("an entry name");
    }

    private static bool StartsWith(string name, string prefix) => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    // They hold nothing themselves, and with DEPTH mean all that is below them.
    private static bool IsRoot(string name) =>
        name.Equals("/private", StringComparison.OrdinalIgnoreCase) || name.Equals("/shared", StringComparison.OrdinalIgnoreCase);
}
