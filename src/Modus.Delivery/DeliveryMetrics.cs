using System.Diagnostics.Metrics;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;

namespace Modus.Delivery;

/// <summary>The counters of delivery: meter <c>Modus.Delivery</c>. Thread-safe.</summary>
internal sealed class DeliveryMetrics : IDisposable
{
    private readonly Meter _meter = new("Modus.Delivery");
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _tlsFailures;
    private readonly Counter<long> _downgrades;
    private readonly UpDownCounter<long> _destinations;

    public DeliveryMetrics()
    {
        _attempts = _meter.CreateCounter<long>("modus.delivery.attempts", "{attempt}", "Attempts at recipients elsewhere, by verdict");
        _sessions = _meter.CreateCounter<long>("modus.delivery.sessions", "{session}", "Sessions with next hops, new and used again");
        _tlsFailures = _meter.CreateCounter<long>("modus.delivery.tls.fallbacks", "{connection}", "Connections that were tried again on lesser terms, by failure");
        _downgrades = _meter.CreateCounter<long>("modus.delivery.tls.downgrades", "{session}", "Next hops that always spoke TLS and suddenly did not");
        _destinations = _meter.CreateUpDownCounter<long>("modus.delivery.destinations", "{destination}", "Destinations at work");
    }

    public void OnEnd(QueueVerdict verdict) => _attempts.Add(1, Tag("verdict", $"{verdict}"));

    public void OnSession(bool isNew, bool encrypted) => _sessions.Add(1, Tag("new", isNew), Tag("encrypted", encrypted));

    public void OnTlsFailed(SmtpOpenOutcome outcome) => _tlsFailures.Add(1, Tag("failure", $"{outcome}"));

    public void OnDowngrade() => _downgrades.Add(1);

    public void OnDestination(int change) => _destinations.Add(change);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
