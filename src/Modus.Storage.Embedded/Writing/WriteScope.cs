using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Writing;

/// <summary>
/// What the requests of one group do their work with: the open transaction, and notes of what is to happen once it is
/// durable. A request that is undone takes its notes with it. Only the writer's thread uses it.
/// </summary>
internal sealed class WriteScope(Database database, TimeProvider clock)
{
    private readonly List<MailboxChange> _changes = [];
    private readonly List<long> _emptied = [];

    public Database Database { get; } = database;

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The segment that is being appended to; it is never given up.</summary>
    public long ActiveSegment { get; set; }

    public IReadOnlyList<MailboxChange> Changes => _changes;

    public IReadOnlyList<long> Emptied => _emptied;

    /// <summary>Something in the queue came or became due.</summary>
    public bool HasDue { get; private set; }

    /// <summary>Remembers a change for the feed.</summary>
    public void Note(MailboxChange change) => _changes.Add(change);

    /// <summary>Remembers a segment that nothing refers to any more.</summary>
    public void NoteEmptied(long segment) => _emptied.Add(segment);

    /// <summary>Remembers that whoever works on the queue should look.</summary>
    public void NoteDue() => HasDue = true;

    public ScopeMark Mark() => new(_changes.Count, _emptied.Count, HasDue);

    public void BackTo(ScopeMark mark)
    {
        _changes.RemoveRange(mark.Changes, _changes.Count - mark.Changes);
        _emptied.RemoveRange(mark.Emptied, _emptied.Count - mark.Emptied);
        HasDue = mark.HasDue;
    }

    public void Clear() => BackTo(default);
}

/// <summary>How far the notes of a scope had come.</summary>
internal readonly record struct ScopeMark(int Changes, int Emptied, bool HasDue);
