using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>What STATUS tells of a mailbox (RFC 9051 §6.3.11), and the response.</summary>
internal sealed record StatusItems(IReadOnlyList<string> Names)
{
    private const int PageSize = 1000;

    private static readonly (string Name, string? Capability)[] Known =
    [
        ("MESSAGES", null), ("UIDNEXT", null), ("UIDVALIDITY", null), ("UNSEEN", null), ("DELETED", null), ("RECENT", null),
        ("SIZE", ImapCapability.StatusSize), ("HIGHESTMODSEQ", ImapCapability.Condstore), ("APPENDLIMIT", null),
        ("MAILBOXID", ImapCapability.ObjectId), ("DELETED-STORAGE", ImapCapability.QuotaStorage),
    ];

    public static StatusItems MessageCounts { get; } = new(["MESSAGES", "UIDNEXT", "UIDVALIDITY"]);

    // "(" status-att *(SP status-att) ")"
    public static bool Take(ref ImapParser parser, ImapSession session, out StatusItems items)
    {
        var names = new List<string>();
        items = new StatusItems(names);
        if (!parser.Take('(')) return false;
        do
        {
            if (!parser.TakeKeyword(out var name)) return false;
            if (!Known.Any(known => known.Name == name && (known.Capability is null || session.State.Has(known.Capability)))) return parser.Fail("a status item");
            if (!names.Contains(name)) names.Add(name);
        }
        while (parser.TryTake(' '));

        return parser.Take(')');
    }

    // "STATUS" SP mailbox SP "(" [status-att-list] ")"
    public async ValueTask WriteAsync(ImapSession session, Mailbox mailbox, CancellationToken cancellationToken)
    {
        // Asking for it is one way of saying that the client knows CONDSTORE (RFC 7162 §3.1).
        if (Names.Contains("HIGHESTMODSEQ")) session.State.Enable(ImapFeatures.Condstore);
        await WriteUnaskedAsync(session, mailbox, cancellationToken);
    }

    /// <summary>Writes the response without drawing conclusions: the client did not ask for these items by STATUS (NOTIFY).</summary>
    public async ValueTask WriteUnaskedAsync(ImapSession session, Mailbox mailbox, CancellationToken cancellationToken)
    {
        var deletedStorage = Names.Contains("DELETED-STORAGE") ? await SumDeletedAsync(session, mailbox, cancellationToken) : 0;
        var output = session.Output;
        output.Write("* STATUS "u8);
        output.WriteMailbox(mailbox.Name);
        output.Write(" ("u8);
        for (var i = 0; i < Names.Count; i++)
        {
            if (i > 0) output.Write(' ');
            output.Write($"{Names[i]} {Value(session, mailbox, Names[i], deletedStorage)}");
        }

        output.Write(")\r\n"u8);
    }

    private static string Value(ImapSession session, Mailbox mailbox, string name, long deletedStorage) => name switch
    {
        "MESSAGES" => $"{mailbox.Messages}",
        "UIDNEXT" => $"{mailbox.UidNext.Value}",
        "UIDVALIDITY" => $"{mailbox.UidValidity.Value}",
        "UNSEEN" => $"{mailbox.Unseen}",
        "DELETED" => $"{mailbox.Deleted}",
        "RECENT" => $"{mailbox.Recent}",
        "SIZE" => $"{mailbox.Size}",
        "HIGHESTMODSEQ" => $"{mailbox.HighestModSeq.Value}",
        "APPENDLIMIT" => $"{session.Room.Limits.MaxMessageSize}",
        "MAILBOXID" => $"({ObjectIds.Of(mailbox.Id)})",
        _ => $"{deletedStorage}",
    };

    // Octets that EXPUNGE would free (RFC 9208 §4.1.4).
    private static async ValueTask<long> SumDeletedAsync(ImapSession session, Mailbox mailbox, CancellationToken cancellationToken)
    {
        long sum = 0;
        await foreach (var message in DeletedMessages.ReadAsync(session, mailbox, UidRange.All, PageSize, cancellationToken)) sum += message.Size;
        return sum;
    }
}
