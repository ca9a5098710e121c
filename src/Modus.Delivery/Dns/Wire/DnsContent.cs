using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Modus.Tls;

namespace Modus.Delivery.Dns.Wire;

/// <summary>The contents of records: brought into canonical form as they come in, and read when they are asked for.</summary>
internal static class DnsContent
{
    /// <summary>
    /// Reads the content of a record. Names in it that may be compressed are written out in lower case (RFC 4034 §6.2); all else is
    /// kept as it is, which for the types that are asked for is the canonical form.
    /// </summary>
    public static bool TryRead(ref DnsReader reader, DnsType type, int length, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        var (before, names) = type switch
        {
            DnsType.Ns or DnsType.Cname or DnsType.Ptr or DnsType.Dname => (0, 1),
            DnsType.Mx => (2, 1),
            DnsType.Srv => (6, 1),
            DnsType.Soa => (0, 2),
            _ => (length, 0),
        };
        var end = reader.Position + length;
        if (!reader.TryReadBytes(before, out var head)) return false;
        content = head.ToArray();
        for (; names > 0; names--)
        {
            if (!reader.TryReadName(out var name)) return false;
            content = [.. content, .. name.Wire];
        }

        if (reader.Position > end || !reader.TryReadBytes(end - reader.Position, out var tail)) return false;
        if (tail.Length > 0) content = [.. content, .. tail];
        return true;
    }

    /// <summary>The name that NS, CNAME, PTR and DNAME records hold.</summary>
    public static DnsName? ToName(DnsRecord record) => new DnsReader(record.Content).TryReadName(out var name) ? name : null;

    public static MxHost? ToMx(DnsRecord record)
    {
        var reader = new DnsReader(record.Content);
        return reader.TryReadUInt16(out var preference) && reader.TryReadName(out var host) ? new MxHost(host.ToString(), preference) : null;
    }

    // Priority Weight Port Target (RFC 2782)
    public static SrvHost? ToSrv(DnsRecord record)
    {
        var reader = new DnsReader(record.Content);
        return reader.TryReadUInt16(out var priority) && reader.TryReadUInt16(out _) && reader.TryReadUInt16(out var port) && reader.TryReadName(out var host)
            ? new SrvHost(host.ToString(), port, priority)
            : null;
    }

    public static IPAddress? ToAddress(DnsRecord record) =>
        record.Content.Length == (record.Type == DnsType.A ? 4 : 16) ? new IPAddress(record.Content) : null;

    /// <summary>The strings joined.</summary>
    public static string? ToText(DnsRecord record)
    {
        var reader = new DnsReader(record.Content);
        var joined = new byte[record.Content.Length];
        var length = 0;
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadByte(out var count) || !reader.TryReadBytes(count, out var part)) return null;
            part.CopyTo(joined.AsSpan(length));
            length += count;
        }

        return Encoding.UTF8.GetString(joined, 0, length);
    }

    public static TlsaRecord? ToTlsa(DnsRecord record) =>
        record.Content is [var usage, var selector, var matching, _, ..]
            ? new TlsaRecord(usage, selector, matching, record.Content.AsMemory(3))
            : null;

    /// <summary>How long a denial may be kept (RFC 2308 §5): the least of the TTL of its SOA record and the minimum in it; null without one.</summary>
    public static uint? ToDenialTtl(IEnumerable<DnsRecord> authorities) =>
        authorities.FirstOrDefault(static record => record is { Type: DnsType.Soa, Content.Length: >= 22 }) is { } soa
            ? Math.Min(soa.Ttl, BinaryPrimitives.ReadUInt32BigEndian(soa.Content.AsSpan(^4)))
            : null;
}
