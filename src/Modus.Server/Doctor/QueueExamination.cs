using System.Globalization;
using Modus.Storage;

namespace Modus.Server.Doctor;

/// <summary>Mail that waits, and next hops that are not what they were.</summary>
/// <param name="facts">The facts.</param>
/// <param name="clock">The clock.</param>
internal sealed class QueueExamination(DoctorFacts facts, TimeProvider clock)
{
    /// <summary>Retries after a greylisting or a restart are over by then: the longest time between two attempts is four hours.</summary>
    private static readonly TimeSpan Old = TimeSpan.FromHours(8);

    /// <summary>How long an alarm is told: longer ago it is history, which `modus dest list` tells.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    private const int MaxShown = 5;

    public Examination Make() => new(DoctorArea.Queue, "queue", LookAsync);

    private ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        LookAtQueue(notes, now);
        foreach (var hop in facts.Hops.Where(hop => hop.DowngradedAt is { } at && now - at < Recent).OrderByDescending(static hop => hop.DowngradedAt).Take(MaxShown))
        {
            notes.Warn(
                $"DOWNGRADE: {hop.Hop} spoke TLS on {hop.TlsDays} days, and came without it at {hop.DowngradedAt:yyyy-MM-dd HH:mm} UTC. Somebody on the way may keep it off.",
                $"modus dest show {hop.Hop}", $"modus dest probe {hop.Hop}", "modus config show");
        }

        return ValueTask.CompletedTask;
    }

    private void LookAtQueue(DoctorNotes notes, DateTimeOffset now)
    {
        if (!facts.Configuration.Queue.Sending) notes.Warn("Nothing is sent: queue.sending is false.", "In modus.json: \"queue\": { \"sending\": true }");
        var held = facts.Queue.Where(static row => row.State == QueueState.Held).ToList();
        if (held.Count > 0) notes.Warn($"{Count(held.Count)} held for a person, such as {held[0].QueueId}: {held[0].LastResult ?? "by command"}", "modus queue list --state held", $"modus queue release {held[0].QueueId}");
        var waiting = facts.Queue.Where(static row => row.State != QueueState.Held).ToList();
        if (waiting.Count == 0)
        {
            notes.Ok("No mail waits.");
            return;
        }

        var oldest = waiting.MinBy(static row => row.Created)!;
        var age = now - oldest.Created;
        var what = $"{Count(waiting.Count)} waiting for delivery elsewhere; the oldest, {oldest.QueueId} to {oldest.To}, since {Words(age)}{(oldest.LastResult is { } last ? $": {last}" : ".")}";
        if (age > Old) notes.Warn(what, $"modus queue trace {oldest.QueueId}", $"modus queue retry {oldest.QueueId}");
        else notes.Ok(what);
    }

    private static string Count(int rows) => rows == 1 ? "1 recipient's mail is" : string.Create(CultureInfo.InvariantCulture, $"Mail for {rows}{(rows == FactsReader.MaxRows ? " or more" : "")} recipients is");

    private static string Words(TimeSpan age) => age < TimeSpan.FromHours(1) ? $"{(int)age.TotalMinutes} minutes" : age < TimeSpan.FromDays(2) ? $"{(int)age.TotalHours} hours" : $"{(int)age.TotalDays} days";
}
