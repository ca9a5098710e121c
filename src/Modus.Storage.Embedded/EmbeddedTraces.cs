using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>What happened to each message.</summary>
internal sealed class EmbeddedTraces(ReaderPool readers, Writer writer) : ITraces
{
    private const int RemovedAtOnce = 2_000; // tens of milliseconds of the writer

    public async ValueTask<StoreOutcome> AppendAsync(IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        if (events.Count == 0) return StoreOutcome.Done;
        return await writer.WriteAsync(
            scope =>
            {
                TraceRows.Add(scope.Database, events);
                return StoreOutcome.Done;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<TraceEvent>> ReadAsync(QueueId message, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<TraceEvent> (database) => TraceRows.Read(database, message)));

    public ValueTask<IReadOnlyList<TraceEvent>> FindAsync(TraceFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new(readers.Snapshot(IReadOnlyList<TraceEvent> (database) => TraceRows.Find(database, filter)));
    }

    public ValueTask<StoreResult<long>> RemoveBeforeAsync(DateTimeOffset moment, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope => new StoreResult<long>(
                StoreOutcome.Done, TraceRows.RemoveBefore(scope.Database, moment.ToUnixTimeMilliseconds(), RemovedAtOnce)),
            cancellationToken);
}
