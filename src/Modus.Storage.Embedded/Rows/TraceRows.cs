using System.Net;
using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>The lines of traces.</summary>
internal static class TraceRows
{
    private const string Columns = """
        SELECT id, message, at, kind, recipient, peer, text, direction, address, peer_name, login, protocol, cipher_suite, key_group,
               peer_key, verified, policy
        FROM traces

        """;

    private const string ReadSql = Columns + "WHERE message = ? ORDER BY at, id";

    // The lines after a line are those of later moments, and those of the same moment with greater numbers.
    private const string Range = """
        at >= ?1 AND at < ?2 AND (at > ?1 OR id > ?3) AND (?4 = 0 OR direction IS NOT NULL) ORDER BY at, id LIMIT ?5
        """;

    private const string FindSql = Columns + "WHERE " + Range;
    private const string FindOfPeerSql = Columns + "WHERE peer = ?6 AND " + Range;

    public static void Add(Database database, IReadOnlyList<TraceEvent> events)
    {
        foreach (var line in events) Add(database, line);
    }

    public static List<TraceEvent> Read(Database database, QueueId message) => database.Of(ReadSql).With(message.Value).List(Read);

    public static List<TraceEvent> Find(Database database, TraceFilter filter)
    {
        var from = filter.From?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var after = 0L;

        // A line that was removed meanwhile was older than all that are there.
        if (filter.After > 0 && database.Of("SELECT at FROM traces WHERE id = ?").With(filter.After).Number() is { } last && last >= from)
            (from, after) = (last, filter.After);
        var statement = database.Of(filter.Peer is null ? FindSql : FindOfPeerSql)
            .With(from).With(filter.Until?.ToUnixTimeMilliseconds() ?? long.MaxValue).With(after)
            .With(filter.WithReceipt ? 1 : 0).With(filter.Limit);
        return (filter.Peer is { } peer ? statement.With(peer.Name) : statement).List(Read);
    }

    public static long RemoveBefore(Database database, long moment, int limit) =>
        database.Of("DELETE FROM traces WHERE id IN (SELECT id FROM traces WHERE at < ? ORDER BY at LIMIT ?)")
            .With(moment).With(limit).Run();

    private static void Add(Database database, TraceEvent line)
    {
        var receipt = line.Receipt;
        database.Of("""
            INSERT INTO traces (message, at, kind, recipient, peer, text, direction, address, peer_name, login, protocol, cipher_suite,
                                key_group, peer_key, verified, policy)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .With(line.Message.Value).With(line.At.ToUnixTimeMilliseconds()).With((int)line.Kind).With(line.Recipient)
            .With(line.Peer?.Name).With(line.Text).With((long?)receipt?.Direction).With(receipt?.Address?.ToString())
            .With(receipt?.PeerName).With(receipt?.Login).With(receipt?.Protocol).With(receipt?.CipherSuite).With(receipt?.Group)
            .With(receipt?.PeerKey).With(receipt?.Verified).With(receipt?.Policy).Run();
    }

    private static TraceEvent Read(Statement row) => new()
    {
        Id = row.Long(0),
        Message = new QueueId(row.Text(1)),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(2)),
        Kind = (TraceKind)row.Int(3),
        Recipient = row.TextOrNull(4),
        Peer = row.TextOrNull(5) is { Length: > 0 } peer ? Domain.Parse(peer) : null,
        Text = row.Text(6),
        Receipt = row.IsNull(7) ? null : ReadReceipt(row),
    };

    private static TravelReceipt ReadReceipt(Statement row) => new()
    {
        Direction = (TravelDirection)row.Int(7),
        Address = row.TextOrNull(8) is { } address ? IPAddress.Parse(address) : null,
        PeerName = row.Text(9),
        Login = row.TextOrNull(10),
        Protocol = row.TextOrNull(11),
        CipherSuite = row.TextOrNull(12),
        Group = row.TextOrNull(13),
        PeerKey = row.TextOrNull(14),
        Verified = row.Text(15),
        Policy = row.Text(16),
    };
}
