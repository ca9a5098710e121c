using System.Diagnostics.Metrics;

namespace Modus.Storage.Embedded;

/// <summary>The figures of the meter <c>Modus.Storage</c>. Thread-safe.</summary>
internal sealed class StoreMetrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Storage");
    private readonly Counter<long> _commits;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _bytes;
    private readonly Histogram<int> _groupSize;
    private readonly Histogram<double> _duration;

    public StoreMetrics(Func<int> segments)
    {
        _commits = _meter.CreateCounter<long>("modus.storage.commits", "{commit}", "Durable commits");
        _refused = _meter.CreateCounter<long>("modus.storage.refused", "{request}", "Requests refused for want of space");
        _bytes = _meter.CreateCounter<long>("modus.storage.content", "By", "Bytes of content committed");
        _groupSize = _meter.CreateHistogram<int>("modus.storage.group", "{request}", "Requests that shared a commit");
        _duration = _meter.CreateHistogram<double>(
            "modus.storage.commit.duration", "s", "From taking a group to its durable end",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _meter.CreateObservableGauge("modus.storage.segments", segments, "{file}", "Segment files");
    }

    public void Committed(int requests, TimeSpan duration)
    {
        _commits.Add(1);
        _groupSize.Record(requests);
        _duration.Record(duration.TotalSeconds);
    }

    public void Stored(long bytes) => _bytes.Add(bytes);

    public void Refused(int requests) => _refused.Add(requests);

    public void Dispose() => _meter.Dispose();
}
