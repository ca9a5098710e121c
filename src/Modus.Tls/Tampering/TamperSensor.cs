using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>
/// Puts the signs together that somebody on the way keeps TLS off, and says so when they are more than an accident or a scanner:
/// once an hour in the log, always in the metrics, and to whoever asks. Bounded in memory, whoever comes. Thread-safe.
/// </summary>
public sealed class TamperSensor
{
    /// <summary>The place of what has to do with our own way out.</summary>
    public const string OwnWay = "our own way out";

    private readonly Dictionary<(TamperKind Kind, string Name), TamperPlace> _places = [];
    private readonly Lock _lock = new();
    private readonly TlsMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    internal TamperSensor(TlsMetrics metrics, TimeProvider clock, ILogger<TamperSensor> log) => (_metrics, _clock, _log) = (metrics, clock, log);

    /// <summary>Kinds and places that are watched now.</summary>
    internal int Places
    {
        get
        {
            lock (_lock) return _places.Count;
        }
    }

    /// <summary>What is certain enough to be told, of the last day; the newest first.</summary>
    public IReadOnlyList<TamperFinding> Find()
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            return [.. _places.Values.Where(place => !place.IsOver(now) && IsCertain(place))
                .OrderByDescending(static place => place.Last)
                .Select(static place => new TamperFinding(place.Kind, place.Name, place.First, place.Last, place.Signs, TamperText.Of(place)))];
        }
    }

    /// <summary>A client sent a word of X's where a command should stand.</summary>
    public void OnMangledCommand(IPAddress? client)
    {
        if (client is not null) See(TamperKind.MangledCommand, NetworkOf(client), $"{client}", "");
    }

    /// <summary>A client was told to begin with TLS, and sent no ClientHello.</summary>
    public void OnSilentClient(IPAddress? client, string? protocol)
    {
        if (client is not null) See(TamperKind.SilentClient, NetworkOf(client), $"{client}", protocol ?? "");
    }

    /// <summary>A client that could have TLS begins with mail in clear.</summary>
    public void OnClearMail(IPAddress? client)
    {
        if (client is null) return;
        lock (_lock)
        {
            // Only who was cut off before says something by it.
            if (!_places.TryGetValue((TamperKind.SilentClient, NetworkOf(client)), out var place) || place.IsOver(_clock.GetUtcNow()) || !place.HasWitness($"{client}")) return;
            place.Confirmed++;
            Tell(place);
        }
    }

    /// <summary>A client has TLS: whoever stands between lets it through.</summary>
    public void OnClientEncrypted(IPAddress? client)
    {
        if (client is null || _places.Count == 0) return; // nearly always; an entry that comes at this moment may as well come a moment later
        var network = NetworkOf(client);
        lock (_lock)
        {
            Forget(TamperKind.SilentClient, network);
            Forget(TamperKind.MangledCommand, network);
        }
    }

    /// <summary>A next hop answers EHLO with a keyword of X's.</summary>
    public void OnMaskedOffer(string hop, string keyword) => See(TamperKind.MaskedOffer, hop, hop, keyword);

    /// <summary>A next hop that always offered TLS does not.</summary>
    public void OnVanishedOffer(string hop, string reason) => See(TamperKind.VanishedOffer, hop, hop, reason);

    /// <summary>A next hop accepts STARTTLS, and no handshake follows.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="isTrusted">True when it always had TLS: then this alone is enough.</param>
    /// <param name="reason">In words.</param>
    public void OnCutHandshake(string hop, bool isTrusted, string reason)
    {
        if (isTrusted) See(TamperKind.CutHandshake, hop, hop, reason);
        See(TamperKind.CutHandshake, OwnWay, OwnerOf(hop), reason);
    }

    /// <summary>A next hop has TLS.</summary>
    /// <param name="hop">The hop.</param>
    /// <param name="issuer">Who issued its certificate.</param>
    /// <param name="before">Who did the last time; null when that is not known.</param>
    /// <param name="since">Since when it had been that one.</param>
    public void OnHopEncrypted(string hop, string issuer, string? before, DateTimeOffset? since)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        lock (_lock)
        {
            Forget(TamperKind.MaskedOffer, hop);
            Forget(TamperKind.VanishedOffer, hop);
            Forget(TamperKind.CutHandshake, hop);
            Forget(TamperKind.CutHandshake, OwnWay);
        }

        if (before is not null && !TamperText.IsSameIssuer(issuer, before)) See(TamperKind.ForeignIssuer, issuer, OwnerOf(hop), hop);
        else if (before is not null && since < _clock.GetUtcNow() - TamperRules.Window) Acquit(issuer);
    }

    // An issuer that a hop had for days is an authority like others, whoever goes over to it today.
    private void Acquit(string issuer)
    {
        lock (_lock) Forget(TamperKind.ForeignIssuer, issuer);
    }

    private void See(TamperKind kind, string place, string witness, string detail)
    {
        (place, detail) = (TamperText.Clean(place), TamperText.Clean(detail));
        _metrics.OnTamperSign(kind);
        lock (_lock)
        {
            if (!_places.TryGetValue((kind, place), out var known))
            {
                MakeRoom();
                _places.Add((kind, place), known = new TamperPlace(kind, place));
            }

            known.See(witness, detail, _clock.GetUtcNow());
            Tell(known);
        }
    }

    private void Tell(TamperPlace place)
    {
        var now = _clock.GetUtcNow();
        if (!IsCertain(place) || (place.ToldAt is { } told && now - told < TamperRules.LogEvery)) return;
        place.ToldAt = now;
        _metrics.OnTampering(place.Kind);
        TlsLog.Tampering(_log, place.Name, TamperText.Of(place));
    }

    private static bool IsCertain(TamperPlace place) => place.Kind switch
    {
        TamperKind.MaskedOffer or TamperKind.VanishedOffer => place.Signs > 0,
        TamperKind.CutHandshake => place.Name == OwnWay ? place.Witnesses >= TamperRules.CutHops : place.Signs > 0,
        TamperKind.ForeignIssuer => place.Witnesses >= TamperRules.ForeignHops,
        TamperKind.MangledCommand => place.Signs >= TamperRules.MangledSessions,
        _ => place.Confirmed >= TamperRules.Fallbacks || place.WitnessesSeen(TamperRules.SilentTimes) >= TamperRules.SilentAddresses,
    };

    private void Forget(TamperKind kind, string place)
    {
        if (_places.Count > 0) _places.Remove((kind, TamperText.Clean(place)));
    }

    private void MakeRoom()
    {
        if (_places.Count < TamperRules.MaxPlaces) return;
        foreach (var old in _places.Values.OrderBy(static place => place.Last).Take(TamperRules.MaxPlaces / 4).ToList())
            _places.Remove((old.Kind, old.Name));
    }

    // What one network operator has: IPv4 /24, IPv6 /48 (RFC 6177 §2).
    private static string NetworkOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 24 : 48;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }

    // host:port; hosts of one owner change together, and whose they are the last two labels say well enough.
    private static string OwnerOf(string hop)
    {
        var host = hop.LastIndexOf(':') is > 0 and var colon ? hop[..colon] : hop;
        if (IPAddress.TryParse(host.Trim('[', ']'), out var address)) return NetworkOf(address);
        var labels = host.Split('.');
        return labels.Length <= 2 ? host : $"{labels[^2]}.{labels[^1]}";
    }
}
