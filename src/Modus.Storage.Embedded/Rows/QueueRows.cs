using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Rows;

/// <summary>The queue: what belongs to the message once, and an entry per recipient.</summary>
internal static class QueueRows
{
    // Every query below reads these columns in this order.
    private const string Columns = """
        SELECT e.id, q.queue_id, q.content, q.content_offset, q.size, q.reverse_path, q.body, q.smtputf8, q.dsn_return,
               q.envelope_id, q.created, e.recipient, e.notify, e.original_recipient, e.state, e.not_before, e.attempts,
               e.last_result, q.priority, q.tls, e.delay_noticed
        FROM queue_entries e JOIN queue_messages q ON q.id = e.message

        """;

    private const string GetSql = Columns + "WHERE e.id = ?";

    private static readonly QueueFilterSql ListSql = new(Columns, "ORDER BY e.not_before, e.id LIMIT ?");
    private static readonly QueueFilterSql CountSql = new("SELECT COUNT(*) FROM queue_entries e ", "");
    private static readonly QueueFilterSql WaitingSql = new(
        "SELECT e.id FROM queue_entries e ", "ORDER BY e.not_before, e.id LIMIT ?", "e.state IN (0, 2) AND e.not_before > ?");

    public static List<QueueEntry> List(Database database, QueueFilter filter) =>
        ListSql.Of(database, filter).With(filter.Limit).List(Read);

    public static long Count(Database database, QueueFilter filter) => CountSql.Of(database, filter).Number() ?? 0;

    /// <summary>Entries that wait for a time after <paramref name="now"/>.</summary>
    public static List<QueueEntryId> ListWaiting(Database database, QueueFilter filter, long now) =>
        WaitingSql.Of(database, filter, now).With(filter.Limit).List(static row => new QueueEntryId(row.Long(0)));

    public static QueueEntry? Get(Database database, QueueEntryId entry) => database.Of(GetSql).With(entry.Value).First(Read);

    /// <summary>The least moment after <paramref name="now"/> at which an entry is due or a lease runs out.</summary>
    public static long? FindNextDue(Database database, long now) =>
        database.Of("""
            SELECT MIN(next) FROM (
                SELECT MIN(not_before) AS next FROM queue_entries WHERE state = 0 AND not_before > ?1
                UNION ALL SELECT MIN(not_before) FROM queue_entries WHERE state = 2 AND not_before > ?1
                UNION ALL SELECT MIN(lease_until) FROM queue_entries WHERE state = 1 AND lease_until > ?1)
            """).With(now).Number();

    /// <summary>What turns are taken by: the reverse-path, whatever the case of its local part; empty for the null reverse-path.</summary>
    public static string SenderOf(ReversePath path) => path.Address?.ToLookupKey() ?? "";

    public static IReadOnlyList<QueueEntryId> Add(
        WriteScope scope, DeliveryRequest request, QueueRequest queue, ContentId content, long length)
    {
        var envelope = queue.Envelope;
        var message = scope.Database.Of("""
            INSERT INTO queue_messages (queue_id, content, content_offset, size, reverse_path, body, smtputf8, dsn_return,
                                        envelope_id, created, entries, priority, tls)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """)
            .With(request.QueueId.Value).With(content.Value).With(queue.ContentOffset).With(length - queue.ContentOffset)
            .With(envelope.ReversePath.Address?.ToString()).With((int)envelope.Body).With(envelope.SmtpUtf8 ? 1 : 0)
            .With((int)envelope.Return).With(envelope.EnvelopeId).With(scope.Now.ToUnixTimeMilliseconds())
            .With(envelope.Recipients.Count).With(envelope.Priority).With((int)envelope.Tls).Number() ?? 0;
        scope.NoteDue();
        return [.. envelope.Recipients.Select(recipient => AddEntry(scope.Database, message, recipient, queue))];
    }

    /// <summary>Removes an entry, and the message with its last one.</summary>
    /// <returns>Where it was due; null when it is not there.</returns>
    public static QueueLane? Remove(WriteScope scope, QueueEntryId entry)
    {
        var database = scope.Database;
        if (!database.Of("DELETE FROM queue_entries WHERE id = ? RETURNING message, domain, priority").With(entry.Value)
            .TryFirst(static row => (Message: row.Long(0), Lane: new QueueLane(row.Text(1), row.Int(2))), out var gone))
            return null;
        database.Of("UPDATE queue_messages SET entries = entries - 1 WHERE id = ?").With(gone.Message).Run();
        if (database.Of("DELETE FROM queue_messages WHERE id = ? AND entries = 0 RETURNING content").With(gone.Message).Number() is { } content)
            ContentRows.Release(scope, new ContentId(content));
        return gone.Lane;
    }

    private static QueueEntryId AddEntry(Database database, long message, EnvelopeRecipient recipient, QueueRequest queue)
    {
        var lane = new QueueLane(recipient.Path.Address?.Domain.Name ?? "", queue.Envelope.Priority);
        var due = queue.NotBefore.ToUnixTimeMilliseconds();
        var id = database.Of("""
            INSERT INTO queue_entries (message, recipient, domain, priority, sender, notify, original_recipient, state, not_before, attempts)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) RETURNING id
            """)
            .With(message).With(recipient.Path.Address?.ToString()).With(lane.Domain).With(lane.Priority)
            .With(SenderOf(queue.Envelope.ReversePath)).With((int)recipient.Notify).With(recipient.OriginalRecipient)
            .With((int)QueueState.Incoming).With(due).Number() ?? 0;
        QueueDomainRows.Add(database, lane, due);
        return new QueueEntryId(id);
    }

    private static QueueEntry Read(Statement row) => new()
    {
        Id = new QueueEntryId(row.Long(0)),
        QueueId = new QueueId(row.Text(1)),
        Content = new ContentId(row.Long(2)),
        ContentOffset = row.Int(3),
        Size = row.Long(4),
        Envelope = ReadEnvelope(row),
        Created = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(10)),
        State = (QueueState)row.Int(14),
        NotBefore = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(15)),
        Attempts = row.Int(16),
        LastResult = row.TextOrNull(17),
        DelayNoticed = row.Bool(20),
    };

    private static Envelope ReadEnvelope(Statement row) => new()
    {
        ReversePath = new ReversePath(ReadAddress(row.TextOrNull(5))),
        Body = (BodyType)row.Int(6),
        SmtpUtf8 = row.Bool(7),
        Return = (DsnReturn)row.Int(8),
        EnvelopeId = row.TextOrNull(9),
        Priority = row.Int(18),
        Tls = (TlsDemand)row.Int(19),
        Recipients = [new EnvelopeRecipient(new ForwardPath(ReadAddress(row.TextOrNull(11))), (DsnNotify)row.Int(12), row.TextOrNull(13))],
    };

    private static EmailAddress? ReadAddress(string? text) => text is null ? null : EmailAddress.Parse(text);
}
