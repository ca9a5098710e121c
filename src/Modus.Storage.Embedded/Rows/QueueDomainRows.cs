using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>The entries of one priority for one domain: they take turns, and are looked for together.</summary>
/// <param name="Domain">The domain's name; empty for recipients without one.</param>
/// <param name="Priority">Their priority.</param>
internal readonly record struct QueueLane(string Domain, int Priority);

/// <summary>Which domains have work, kept by the transactions that change their entries: looking costs domains, never entries.</summary>
internal static class QueueDomainRows
{
    /// <summary>Domains with an entry due: highest priority first, then who waits longest.</summary>
    public static List<Domain> ListDue(Database database, long now, IReadOnlySet<Domain> except, int limit)
    {
        var found = new List<Domain>();
        var seen = new HashSet<Domain>();
        for (var priority = Highest(database, int.MaxValue); priority is { } level && found.Count < limit; priority = Highest(database, level))
        {
            database.Of("SELECT domain FROM queue_domains WHERE priority = ? AND due <= ? ORDER BY due")
                .With(level).With(now)
                .Each(row =>
                {
                    var name = row.Text(0);
                    var domain = name.Length == 0 ? default : Domain.Parse(name);
                    if (!except.Contains(domain) && seen.Add(domain)) found.Add(domain);
                    return found.Count < limit;
                });
        }

        return found;
    }

    public static bool IsDue(Database database, string domain, long now) =>
        database.Of("SELECT 1 FROM queue_domains WHERE domain = ? AND due <= ? LIMIT 1").With(domain).With(now).Number() is not null;

    /// <summary>The priorities in which a domain has entries due, with the sender that was served last in each; highest first.</summary>
    public static List<(int Priority, string Turn)> ListDueLanes(Database database, string domain, long now) =>
        database.Of("SELECT priority, turn FROM queue_domains WHERE domain = ? AND due <= ? ORDER BY priority DESC")
            .With(domain).With(now).List(static row => (row.Int(0), row.Text(1)));

    public static void SetTurn(Database database, QueueLane lane, string sender) =>
        database.Of("UPDATE queue_domains SET turn = ? WHERE domain = ? AND priority = ?")
            .With(sender).With(lane.Domain).With(lane.Priority).Run();

    /// <summary>Counts in an entry that was added.</summary>
    public static void Add(Database database, QueueLane lane, long due) =>
        database.Of("""
            INSERT INTO queue_domains (domain, priority, due) VALUES (?1, ?2, ?3)
            ON CONFLICT (domain, priority) DO UPDATE SET due = ?3 WHERE due > ?3
            """).With(lane.Domain).With(lane.Priority).With(due).Run();

    /// <summary>Brings a row to what the entries say, after they changed.</summary>
    public static void Refresh(Database database, QueueLane lane)
    {
        var least = database.Of("SELECT due FROM queue_entries WHERE domain = ? AND priority = ? AND state <> 3 ORDER BY due LIMIT 1")
            .With(lane.Domain).With(lane.Priority).Number();
        if (least is { } due)
        {
            database.Of("""
                INSERT INTO queue_domains (domain, priority, due) VALUES (?1, ?2, ?3)
                ON CONFLICT (domain, priority) DO UPDATE SET due = ?3 WHERE due <> ?3
                """).With(lane.Domain).With(lane.Priority).With(due).Run();
        }
        else
        {
            database.Of("DELETE FROM queue_domains WHERE domain = ? AND priority = ?").With(lane.Domain).With(lane.Priority).Run();
        }
    }

    private static int? Highest(Database database, int below) =>
        (int?)database.Of("SELECT MAX(priority) FROM queue_domains WHERE priority < ?").With(below).Number();
}
