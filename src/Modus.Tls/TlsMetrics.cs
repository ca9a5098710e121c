using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>How a handshake ended, for the counter.</summary>
internal enum HandshakeResult
{
    Full,
    Resumed,
    NotTls,
    BadHello,
    ProtocolVersion,
    NoCertificate,
    TooMany,
    TimedOut,
    PeerClosed,
    Rejected,
    NoChallenge,
}

/// <summary>The meter "Modus.Tls". Thread-safe.</summary>
internal sealed class TlsMetrics : IDisposable
{
    public const string MeterName = "Modus.Tls";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _handshakes;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _current;
    private readonly Counter<long> _tamperSigns;
    private readonly Counter<long> _tampering;

    public TlsMetrics()
    {
        _handshakes = _meter.CreateCounter<long>(
            "modus.tls.handshakes", "{handshake}", "Handshakes that ended, by result (full, resumed, failed), reason and version.");
        _duration = _meter.CreateHistogram<double>(
            "modus.tls.handshake.duration", "s", "From the first byte awaited to the handshake's end.",
            tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        _current = _meter.CreateUpDownCounter<long>(
            "modus.tls.handshakes.current", "{handshake}", "Handshakes under way.");
        _tamperSigns = _meter.CreateCounter<long>(
            "modus.tls.tampering.signs", "{sign}", "Signs that somebody on the way keeps TLS off, by kind; most of them mean nothing.");
        _tampering = _meter.CreateCounter<long>(
            "modus.tls.tampering", "{alarm}", "Times that it was said in the log, by kind.");
    }

    public void Started() => _current.Add(1);

    public void Ended(HandshakeResult result, SslProtocols protocol, TimeSpan duration)
    {
        _current.Add(-1);
        var tags = new TagList
        {
            { "result", result switch { HandshakeResult.Full => "full", HandshakeResult.Resumed => "resumed", _ => "failed" } },
            { "reason", Reason(result) },
            { "version", protocol switch { SslProtocols.Tls13 => "TLS1.3", SslProtocols.Tls12 => "TLS1.2", _ => "none" } },
        };
        _handshakes.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    public void OnTamperSign(TamperKind kind) => _tamperSigns.Add(1, new KeyValuePair<string, object?>("kind", $"{kind}"));

    public void OnTampering(TamperKind kind) => _tampering.Add(1, new KeyValuePair<string, object?>("kind", $"{kind}"));

    public void Dispose() => _meter.Dispose();

    private static string Reason(HandshakeResult result) => result switch
    {
        HandshakeResult.NotTls => "not-tls",
        HandshakeResult.BadHello => "bad-hello",
        HandshakeResult.ProtocolVersion => "protocol-version",
        HandshakeResult.NoCertificate => "no-certificate",
        HandshakeResult.TooMany => "too-many",
        HandshakeResult.TimedOut => "timed-out",
        HandshakeResult.PeerClosed => "peer-closed",
        HandshakeResult.Rejected => "rejected",
        HandshakeResult.NoChallenge => "no-challenge",
        _ => "none",
    };
}
