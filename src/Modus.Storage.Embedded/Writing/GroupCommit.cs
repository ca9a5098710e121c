using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Writing;

/// <summary>
/// Makes a group of requests durable. When there is no room for the group, each request is tried alone: those that fit
/// (or free space) go through, the others are answered NoSpace. What this throws means that the store is broken.
/// </summary>
internal sealed class GroupCommit(
    Database database, ActiveSegment active, SegmentFolder folder, Checkpointer checkpointer, ChangeFeed feed, QueueSignal signal,
    StoreMetrics metrics, TimeProvider clock, ILogger logger)
{
    private readonly WriteScope _scope = new(database, clock);

    public void Run(List<WriteRequest> group)
    {
        var started = Stopwatch.GetTimestamp();
        if (!TryCommit(group)) CommitOneByOne(group);
        metrics.Committed(group.Count, Stopwatch.GetElapsedTime(started));
        checkpointer.NoteWritten(database.TakePagesWritten());
        if (checkpointer.WantsWriter) checkpointer.RunByWriter(database);
    }

    private void CommitOneByOne(List<WriteRequest> group)
    {
        foreach (var request in group.Where(static request => !request.IsAnswered))
        {
            List<WriteRequest> alone = [request];
            if (!TryCommit(alone)) RefuseOpen(alone);
        }
    }

    private void RefuseOpen(List<WriteRequest> group)
    {
        if (group.Count == 0) return;
        var open = group.Where(static request => !request.IsAnswered).ToList();
        foreach (var request in open) request.Refuse();
        metrics.Refused(open.Count);
        logger.NoSpace(open.Count);
    }

    // False: SQLite had no room, nothing of the group is there.
    private bool TryCommit(List<WriteRequest> group)
    {
        var before = (active.Id, active.End);
        var full = Append(group);
        _scope.Clear();
        _scope.ActiveSegment = active.Id;
        try
        {
            database.Begin();
            foreach (var request in group.Where(request => !request.IsAnswered && !full.Contains(request))) ApplyInSavepoint(request);
            database.Commit();
        }
        catch (SqliteException e) when (SqliteFaults.IsNoSpace(e))
        {
            database.Rollback();
            CutTail(group, before, nothingKept: true);
            RefuseOpen(full);
            return false;
        }

        CutTail(group, before, nothingKept: false);
        RefuseOpen(full); // not before: who hears that nothing was kept finds nothing of it on the disk
        Publish(group);
        return true;
    }

    /// <returns>The requests for which the disk had no room.</returns>
    private List<WriteRequest> Append(List<WriteRequest> group)
    {
        var full = new List<WriteRequest>();
        foreach (var request in group)
        {
            if (request.IsAnswered) continue;
            try
            {
                foreach (var content in request.Contents) content.Place = active.Append(content.Header, content.Draft.Pieces);
            }
            catch (IOException e) when (Disk.IsNoSpace(e))
            {
                full.Add(request);
            }
        }

        active.Sync();
        return full;
    }

    private void ApplyInSavepoint(WriteRequest request)
    {
        var mark = _scope.Mark();
        database.Of("SAVEPOINT request").Run();
        try
        {
            if (!request.Apply(_scope)) Undo(mark);
        }
        catch (Exception e) when (e is not SqliteException fault || SqliteFaults.IsOfRequest(fault))
        {
            logger.RequestFaulted(e);
            Undo(mark);
            request.Fault(e);
        }

        database.Of("RELEASE request").Run();
    }

    private void Undo(ScopeMark mark)
    {
        database.Of("ROLLBACK TO request").Run();
        _scope.BackTo(mark);
    }

    // Records of requests that were not kept are garbage; those behind the last kept one can go at once.
    private void CutTail(List<WriteRequest> group, (long Id, long End) before, bool nothingKept)
    {
        var end = before.Id == active.Id ? before.End : 0;
        var appended = false;
        foreach (var (request, content) in group.SelectMany(static request => request.Contents, static (request, content) => (request, content)))
        {
            if (content.Place is not { } place || place.Segment != active.Id) continue;
            appended = true;
            if (!nothingKept && request.IsKept) end = Math.Max(end, place.End);
        }

        if (appended) active.CutTo(active.Id, end);
    }

    private void Publish(List<WriteRequest> group)
    {
        foreach (var segment in _scope.Emptied)
        {
            // A later request of the same group may have put content there again.
            if (database.Of("SELECT 1 FROM segments WHERE id = ?").With(segment).Number() is null) folder.Drop(segment);
        }

        feed.Publish(_scope.Changes);
        if (_scope.HasDue) signal.Raise();
        foreach (var request in group) request.Answer();
    }
}
