using System.Collections.Concurrent;
using System.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>
/// A query over queue entries (<c>e</c>) that a filter restricts. Its text names only what the filter does, so that an index can
/// serve it; each text is made once, because statements are kept by reference. Thread-safe.
/// </summary>
internal sealed class QueueFilterSql(string head, string tail, string? condition = null)
{
    private readonly ConcurrentDictionary<Parts, string> _texts = new();

    [Flags]
    private enum Parts
    {
        None = 0,
        Entry = 1,
        QueueId = 2,
        State = 4,
        Domain = 8,
        Subdomains = 16,
        Sender = 32,
    }

    /// <summary>The query with its condition's value and the filter's values bound, not its limit.</summary>
    public Statement Of(Database database, QueueFilter filter, long? conditionValue = null)
    {
        var statement = database.Of(_texts.GetOrAdd(PartsOf(filter), Write));
        if (conditionValue is { } value) statement.With(value);
        if (filter.Entry is { } entry) statement.With(entry.Value);
        if (filter.QueueId is { } id) statement.With(id.Value);
        if (filter.State is { } state) statement.With((int)state);
        if (filter.Domain is { } domain)
        {
            statement.With(domain.Name);
            if (filter.WithSubdomains) statement.With(-domain.Name.Length - 1).With("." + domain.Name);
        }

        if (filter.Sender is { } sender) statement.With(QueueRows.SenderOf(sender));
        return statement;
    }

    private static Parts PartsOf(QueueFilter filter) =>
        (filter.Entry is null ? 0 : Parts.Entry)
        | (filter.QueueId is null ? 0 : Parts.QueueId)
        | (filter.State is null ? 0 : Parts.State)
        | (filter.Domain is null ? 0 : filter.WithSubdomains ? Parts.Subdomains : Parts.Domain)
        | (filter.Sender is null ? 0 : Parts.Sender);

    // In the order in which values are bound.
    private string Write(Parts parts)
    {
        List<string> conditions = condition is null ? [] : [condition];
        if (parts.HasFlag(Parts.Entry)) conditions.Add("e.id = ?");
        if (parts.HasFlag(Parts.QueueId)) conditions.Add("e.message IN (SELECT id FROM queue_messages WHERE queue_id = ?)");
        if (parts.HasFlag(Parts.State)) conditions.Add("e.state = ?");
        if (parts.HasFlag(Parts.Domain)) conditions.Add("e.domain = ?");
        if (parts.HasFlag(Parts.Subdomains)) conditions.Add("(e.domain = ? OR substr(e.domain, ?) = ?)");
        if (parts.HasFlag(Parts.Sender)) conditions.Add("e.sender = ?");
        var text = new StringBuilder(head);
        if (conditions.Count > 0) text.Append("WHERE ").AppendJoin(" AND ", conditions).Append(' ');
        return text.Append(tail).ToString();
    }
}
