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
               e.last_result
        FROM queue_entries e JOIN queue_messages q ON q.id = e.message

        """;

    private const string ListSql = Columns + """
        WHERE (?1 IS NULL OR q.queue_id = ?1) AND (?2 IS NULL OR e.state = ?2) AND (?3 IS NULL OR e.domain = ?3)
        ORDER BY e.not_before, e.id LIMIT ?4
        """;

    private const string GetSql = Columns + "WHERE e.id = ?";

    public static List<QueueEntry> List(Database database, QueueFilter filter) =>
        database.Of(ListSql).With(filter.QueueId?.Value).With((long?)filter.State).With(filter.Domain?.Name).With(filter.Limit).List(Read);

    public static QueueEntry? Get(Database database, QueueEntryId entry) => database.Of(GetSql).With(entry.Value).First(Read);

    public static IReadOnlyList<QueueEntryId> Add(
        WriteScope scope, DeliveryRequest request, QueueRequest queue, ContentId content, long length)
    {
        var envelope = queue.Envelope;
        var message = scope.Database.Of("""
            INSERT INTO queue_messages (queue_id, content, content_offset, size, reverse_path, body, smtputf8, dsn_return,
                                        envelope_id, created, entries)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
            """)
            .With(request.QueueId.Value).With(content.Value).With(queue.ContentOffset).With(length - queue.ContentOffset)
            .With(envelope.ReversePath.Address?.ToString()).With((int)envelope.Body).With(envelope.SmtpUtf8 ? 1 : 0)
            .With((int)envelope.Return).With(envelope.EnvelopeId).With(scope.Now.ToUnixTimeMilliseconds())
            .With(envelope.Recipients.Count).Number() ?? 0;
        return [.. envelope.Recipients.Select(recipient => AddEntry(scope.Database, message, recipient, queue.NotBefore))];
    }

    /// <summary>Removes an entry, and the message with its last one.</summary>
    public static StoreOutcome Remove(WriteScope scope, QueueEntryId entry)
    {
        var database = scope.Database;
        if (database.Of("DELETE FROM queue_entries WHERE id = ? RETURNING message").With(entry.Value).Number() is not { } message)
            return StoreOutcome.NotFound;
        database.Of("UPDATE queue_messages SET entries = entries - 1 WHERE id = ?").With(message).Run();
        if (database.Of("DELETE FROM queue_messages WHERE id = ? AND entries = 0 RETURNING content").With(message).Number() is { } content)
            ContentRows.Release(scope, new ContentId(content));
        return StoreOutcome.Done;
    }

    private static QueueEntryId AddEntry(Database database, long message, EnvelopeRecipient recipient, DateTimeOffset notBefore) =>
        new(database.Of("""
            INSERT INTO queue_entries (message, recipient, domain, notify, original_recipient, state, not_before, attempts)
            VALUES (?, ?, ?, ?, ?, ?, ?, 0) RETURNING id
            """)
            .With(message).With(recipient.Path.Address?.ToString()).With(recipient.Path.Address?.Domain.Name ?? "")
            .With((int)recipient.Notify).With(recipient.OriginalRecipient).With((int)QueueState.Incoming)
            .With(notBefore.ToUnixTimeMilliseconds()).Number() ?? 0);

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
    };

    private static Envelope ReadEnvelope(Statement row) => new()
    {
        ReversePath = new ReversePath(ReadAddress(row.TextOrNull(5))),
        Body = (BodyType)row.Int(6),
        SmtpUtf8 = row.Bool(7),
        Return = (DsnReturn)row.Int(8),
        EnvelopeId = row.TextOrNull(9),
        Recipients = [new EnvelopeRecipient(new ForwardPath(ReadAddress(row.TextOrNull(11))), (DsnNotify)row.Int(12), row.TextOrNull(13))],
    };

    private static EmailAddress? ReadAddress(string? text) => text is null ? null : EmailAddress.Parse(text);
}
