using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>An RRSIG record (RFC 4034 §3.1). Immutable.</summary>
internal sealed record Signature
{
    /// <summary>What it signs.</summary>
    public required DnsType Covered { get; init; }

    public required byte Algorithm { get; init; }

    /// <summary>Labels of the signed name; fewer than the owner's when a wildcard was expanded.</summary>
    public required int Labels { get; init; }

    public required uint OriginalTtl { get; init; }

    public required uint Expiration { get; init; }

    public required uint Inception { get; init; }

    public required ushort KeyTag { get; init; }

    /// <summary>The zone whose key signed it.</summary>
    public required DnsName Signer { get; init; }

    /// <summary>How long it may be kept, as any record.</summary>
    public required uint Ttl { get; init; }

    /// <summary>All fields before the signature itself, in canonical form: the beginning of what is signed.</summary>
    public required ReadOnlyMemory<byte> Fields { get; init; }

    /// <summary>The signature itself.</summary>
    public required ReadOnlyMemory<byte> Value { get; init; }

    public static Signature? From(DnsRecord record)
    {
        const int FixedLength = 18;
        if (record.Content.Length <= FixedLength) return null;
        var reader = new DnsReader(record.Content);
        if (!reader.TryReadUInt16(out var covered) || !reader.TryReadByte(out var algorithm) || !reader.TryReadByte(out var labels)) return null;
        if (!reader.TryReadUInt32(out var ttl) || !reader.TryReadUInt32(out var expiration) || !reader.TryReadUInt32(out var inception)) return null;
        if (!reader.TryReadUInt16(out var tag) || !reader.TryReadName(out var signer)) return null;
        return new Signature
        {
            Covered = (DnsType)covered,
            Algorithm = algorithm,
            Labels = labels,
            OriginalTtl = ttl,
            Expiration = expiration,
            Inception = inception,
            KeyTag = tag,
            Signer = signer,
            Ttl = record.Ttl,
            Fields = (byte[])[.. record.Content.AsSpan(0, FixedLength), .. signer.Wire],
            Value = record.Content.AsMemory(reader.Position),
        };
    }

    /// <summary>Times are compared by serial number arithmetic (RFC 4034 §3.1.5): the difference counts.</summary>
    public bool IsInForce(DateTimeOffset now)
    {
        var seconds = unchecked((uint)now.ToUnixTimeSeconds());
        return unchecked((int)(seconds - Inception)) >= 0 && unchecked((int)(Expiration - seconds)) >= 0;
    }

    /// <summary>How long the signature goes on being in force.</summary>
    public uint SecondsLeft(DateTimeOffset now) => unchecked(Expiration - (uint)now.ToUnixTimeSeconds());
}
