using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Security.Authentication;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class TlsMetricsTests
{
    [Fact]
    public void The_duration_is_counted_in_parts_of_a_second()
    {
        var bounds = new List<double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument is Histogram<double> { Name: "modus.tls.handshake.duration", Advice.HistogramBucketBoundaries: { } advised })
                bounds.AddRange(advised);
        };
        listener.Start();
        using var metrics = new TlsMetrics();

        Assert.Contains(0.005, bounds);
        Assert.True(bounds.Count(static bound => bound < 1) > 5);
    }

    [Fact]
    public void Each_end_counts_once_with_its_result_and_reason()
    {
        var seen = new ConcurrentQueue<string>();
        using var metrics = new TlsMetrics();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == TlsMetrics.MeterName)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (value == 4.25) // this test's own; others run beside it
                seen.Enqueue(string.Join(" ", tags.ToArray().Select(static t => $"{t.Key}={t.Value}")));
        });
        listener.Start();

        foreach (var (result, protocol) in new[]
        {
            (HandshakeResult.Full, SslProtocols.Tls13), (HandshakeResult.Resumed, SslProtocols.Tls12),
            (HandshakeResult.NotTls, SslProtocols.None), (HandshakeResult.TimedOut, SslProtocols.None),
        })
        {
            metrics.Started();
            metrics.Ended(result, protocol, TimeSpan.FromSeconds(4.25));
        }

        Assert.Equal(
            ["result=full reason=none version=TLS1.3", "result=resumed reason=none version=TLS1.2",
                "result=failed reason=not-tls version=none", "result=failed reason=timed-out version=none"], seen);
    }
}
