using System.Security.Cryptography;
using System.Text;

namespace Modus.Tls;

/// <summary>
/// Says which handshakes may take up an earlier session. The runtime keeps one session per server name for the whole process, whoever
/// made it. So a name belongs to the first demand that comes for it, and everybody else gets whole handshakes: a session that began
/// under one verification is never gone on with under another. Thread-safe.
/// </summary>
internal sealed class ResumptionSlots(TimeProvider clock)
{
    /// <summary>Names that can have sessions at once: what the runtime keeps for them is bounded by it. Some kilobytes each.</summary>
    public const int MaxNames = 4096;

    /// <summary>After so long without use no session is good any more, and a name is free: a ticket lives seven days at most (RFC 8446 §4.6.1).</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly Dictionary<string, (string Demand, long Used)> _owners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lock _lock = new();

    public bool MayResume(TlsClientRequest request)
    {
        var demand = Describe(request);
        var now = clock.GetTimestamp();
        lock (_lock)
        {
            var isKnown = _owners.TryGetValue(request.ServerName, out var owner);
            if (isKnown && owner.Demand != demand && !IsOver(owner.Used, now))
                return false;
            if (!isKnown && _owners.Count >= MaxNames && !MakeRoom(now))
                return false;
            _owners[request.ServerName] = (demand, now);
            return true;
        }
    }

    private bool MakeRoom(long now)
    {
        var over = _owners.Where(owner => IsOver(owner.Value.Used, now)).Select(static owner => owner.Key).ToArray();
        foreach (var name in over) _owners.Remove(name);
        return over.Length > 0;
    }

    private bool IsOver(long used, long now) => clock.GetElapsedTime(used, now) > Lifetime;

    // All that a verification depends on, as a hash: two demands are equal when they would judge equally.
    private static string Describe(TlsClientRequest request)
    {
        var text = new StringBuilder(request.Verification.GetType().Name);
        switch (request.Verification)
        {
            case TlsVerification.WebPki web:
                AppendAll(text, web.Names);
                AppendAll(text, (web.Authorities ?? []).Select(static c => c.GetCertHashString(HashAlgorithmName.SHA256)));
                break;
            case TlsVerification.Pin pin:
                AppendAll(text, pin.Keys);
                break;
            case TlsVerification.Dane dane:
                AppendAll(text, dane.Names);
                AppendAll(text, dane.Records.Select(static r => $"{r.Usage} {r.Selector} {r.MatchingType} {Convert.ToHexString(r.Association.Span)}"));
                break;
        }

        AppendAll(text, [request.ClientCertificate?.TargetCertificate.Thumbprint ?? ""]);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void AppendAll(StringBuilder text, IEnumerable<string> values)
    {
        text.Append('\n');
        foreach (var value in values.Order(StringComparer.Ordinal)) text.Append('\t').Append(value);
    }
}
