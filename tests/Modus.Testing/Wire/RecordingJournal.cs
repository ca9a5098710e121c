using System.Collections.Concurrent;
using Modus.Tls;

namespace Modus.Testing.Wire;

/// <summary>Keeps what was noted of sessions.</summary>
public sealed class RecordingJournal : ISessionJournal
{
    public ConcurrentQueue<SessionNote> Notes { get; } = new();

    public void Note(SessionNote session) => Notes.Enqueue(session);
}
