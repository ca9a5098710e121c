using System.Diagnostics.Metrics;

namespace Modus.Server.Acme;

/// <summary>The meter "Modus.Acme". Thread-safe.</summary>
internal sealed class AcmeMetrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Acme");
    private readonly Counter<long> _orders;

    public AcmeMetrics() => _orders = _meter.CreateCounter<long>("modus.acme.orders", "{order}", "Certificates asked for, by result (obtained, failed) and reason.");

    public void Ended(string result, string reason) => _orders.Add(1, new("result", result), new KeyValuePair<string, object?>("reason", reason));

    public void Dispose() => _meter.Dispose();
}
