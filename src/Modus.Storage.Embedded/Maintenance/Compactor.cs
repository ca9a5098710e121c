using System.Buffers;
using System.IO.Hashing;
using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Maintenance;

/// <summary>
/// Gives back the space of dead content: 1 copies the live records of a segment to another, 2 syncs that, 3 commits their
/// new places, 4 deletes the old file. Dying between any two of these leaves a file or a tail without rows, which the
/// next start removes. Thread-safe; one run at a time.
/// </summary>
internal sealed class Compactor(
    ReaderPool readers, Writer writer, SegmentFolder folder, ActiveSegment active, Disk disk, StoreHealth health, ILogger logger)
    : IDisposable
{
    private const int BatchSize = 256; // moves a commit: few enough that no delivery waits long behind them
    private const long TargetSize = 64 * 1024 * 1024;

    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Compacts the segments of which more than <paramref name="deadRatio"/> is dead; 0 for all with dead content.</summary>
    /// <returns>Bytes given back.</returns>
    public async ValueTask<long> CompactAsync(double deadRatio, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var sources = await writer.WriteAsync(scope => FindSources(scope, deadRatio), cancellationToken);
            if (!sources.IsDone || sources.Value.Count == 0) return 0;

            // Copying is disk work from end to end.
            return await Task.Factory.StartNew(
                () => CompactAllAsync(sources.Value, cancellationToken), cancellationToken,
                TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    // On the writer's thread, because only that may end the active segment.
    private StoreResult<List<Source>> FindSources(WriteScope scope, double deadRatio)
    {
        var sources = scope.Database.Of("""
            SELECT id, length, live_bytes, live_count FROM segments
            WHERE own_file = 0 AND length - live_bytes > length * ?1 / 1000000 ORDER BY id
            """).With((long)(deadRatio * 1_000_000))
            .List(static row => new Source(row.Long(0), row.Long(1), row.Long(2), row.Long(3)));
        if (deadRatio == 0 && sources.Any(source => source.Segment == active.Id))
        {
            active.Seal();
            scope.ActiveSegment = 0;
        }

        sources.RemoveAll(source => source.Segment == active.Id);
        return sources;
    }

    private async Task<long> CompactAllAsync(List<Source> sources, CancellationToken cancellationToken)
    {
        using var target = new ActiveSegment(folder, disk, TargetSize);
        var run = new Run(target);
        var freed = 0L;
        try
        {
            foreach (var source in sources)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!await MoveAllAsync(run, source, cancellationToken)) continue;
                freed += source.Length - source.LiveBytes;
                logger.Compacted(source.Segment, source.Length - source.LiveBytes);
            }
        }
        catch (IOException e) when (Disk.IsNoSpace(e))
        {
            logger.CompactionFaulted(e); // no room for a copy: later
        }
        catch (StoreFailedException e)
        {
            health.Fail(e);
            throw;
        }
        finally
        {
            if (!health.HasFailed) run.DropUncommitted(folder);
        }

        return freed;
    }

    // False when something in the segment could not be moved, so that it stays.
    private async Task<bool> MoveAllAsync(Run run, Source source, CancellationToken cancellationToken)
    {
        if (source.LiveCount == 0)
            return (await writer.WriteAsync(scope => Drop(scope, source.Segment), cancellationToken)) == StoreOutcome.Done;

        using var pin = folder.Pin(source.Segment);
        if (pin is null) return false; // its last content went meanwhile
        var contents = readers.Read(database => database.Of("""
            SELECT id, segment, offset, length, checksum FROM contents WHERE segment = ? ORDER BY offset
            """).With(source.Segment).List(ContentRows.ReadPlace));
        foreach (var batch in contents.Chunk(BatchSize))
        {
            var moves = new List<(ContentPlace From, ContentPlace To)>(batch.Length);
            foreach (var place in batch)
            {
                if (TryCopy(run.Target, pin, place) is not { } copy) return false;
                run.Note(copy.Segment);
                moves.Add((place, copy));
            }

            run.Target.Sync();
            var outcome = await writer.WriteAsync(scope => Move(scope, moves, run.Committed), cancellationToken);
            if (!outcome.IsDone) return false;
            run.Committed.UnionWith(outcome.Value);
        }

        return true;
    }

    private ContentPlace? TryCopy(ActiveSegment target, SegmentPin pin, ContentPlace place)
    {
        var length = (int)place.RecordLength; // shared segments hold only what once fitted in memory
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var record = buffer.AsMemory(0, length);
            var isWhole = ReadFully(pin, record.Span, place.Offset)
                && RecordHeader.TryRead(record.Span, out var header) && header == place.Header
                && XxHash3.HashToUInt64(record.Span[RecordHeader.Size..]) == header.Checksum;
            if (isWhole) return target.Append(place.Header, [record[RecordHeader.Size..]]);
            logger.CompactionMetDamage(place.Segment, place.Header.Content);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The segments that got rows.
    private static StoreResult<HashSet<long>> Move(WriteScope scope, List<(ContentPlace From, ContentPlace To)> moves, HashSet<long> committed)
    {
        foreach (var (from, to) in moves)
        {
            // A target that had rows and has none now was deleted with its file, because all that was moved there died.
            if (committed.Contains(to.Segment)
                && scope.Database.Of("SELECT 1 FROM segments WHERE id = ?").With(to.Segment).Number() is null)
                return StoreOutcome.NotFound;
        }

        var placed = new HashSet<long>();
        foreach (var (from, to) in moves)
        {
            var moved = scope.Database.Of("UPDATE contents SET segment = ?, offset = ? WHERE id = ? AND segment = ? AND offset = ?")
                .With(to.Segment).With(to.Offset).With(from.Header.Content).With(from.Segment).With(from.Offset).Run();
            if (moved == 0) continue; // it died meanwhile
            placed.Add(to.Segment);
            ContentRows.AddToSegment(scope.Database, to, ownFile: false);
            ContentRows.RemoveFromSegment(scope, from.Segment, from.RecordLength);
        }

        return placed;
    }

    private static StoreOutcome Drop(WriteScope scope, long segment) =>
        ContentRows.DropIfEmpty(scope, segment) ? StoreOutcome.Done : StoreOutcome.NotFound;

    private static bool ReadFully(SegmentPin pin, Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(pin.File, buffer, offset);
            if (read == 0) return false;
            buffer = buffer[read..];
            offset += read;
        }

        return true;
    }

    private readonly record struct Source(long Segment, long Length, long LiveBytes, long LiveCount);

    // The segments that one run wrote to, and which of them have rows.
    private sealed class Run(ActiveSegment target)
    {
        private readonly HashSet<long> _made = [];

        public ActiveSegment Target => target;

        public HashSet<long> Committed { get; } = [];

        public void Note(long segment) => _made.Add(segment);

        public void DropUncommitted(SegmentFolder folder)
        {
            foreach (var segment in _made.Except(Committed)) folder.Drop(segment);
        }
    }
}
