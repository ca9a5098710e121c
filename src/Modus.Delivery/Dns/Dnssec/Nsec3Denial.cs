using System.Security.Cryptography;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>Absence proven by NSEC3 records (RFC 5155 §8).</summary>
internal sealed class Nsec3Denial : IDenialRecords
{
    // More cost us more than they hide (RFC 9276 §3.2); resolvers agree on about this many.
    private const int MaxIterations = 150;
    private const byte Sha1Algorithm = 1, OptOutFlag = 1; // RFC 5155 §3.1.1, §3.1.2.1

    private readonly DnsName _apex;
    private readonly QuestionBudget _budget;
    private readonly List<Span> _spans = [];
    private readonly byte[] _salt = [];
    private readonly int _iterations;

    /// <param name="apex">The zone that signed them.</param>
    /// <param name="records">NSEC3 records; others, and those with other parameters than the first, are passed over.</param>
    /// <param name="budget">Bounds the hashing.</param>
    public Nsec3Denial(DnsName apex, IEnumerable<DnsRecord> records, QuestionBudget budget)
    {
        _apex = apex;
        _budget = budget;
        foreach (var record in records.Where(record => record.Type == DnsType.Nsec3 && record.Owner.Parent.Equals(apex)))
        {
            // algorithm, flags, iterations, salt length, salt, hash length, next hash, types (RFC 5155 §3.2)
            var reader = new DnsReader(record.Content);
            if (!reader.TryReadByte(out var algorithm) || !reader.TryReadByte(out var flags) || !reader.TryReadUInt16(out var iterations)) continue;
            if (!reader.TryReadByte(out var saltLength) || !reader.TryReadBytes(saltLength, out var salt)) continue;
            if (!reader.TryReadByte(out var hashLength) || !reader.TryReadBytes(hashLength, out var next)) continue;
            if (algorithm != Sha1Algorithm || (flags & ~OptOutFlag) != 0 || hashLength != SHA1.HashSizeInBytes) continue; // §8.1, §8.2
            if (Base32Hex.Decode(record.Owner.FirstLabel) is not { Length: SHA1.HashSizeInBytes } owner) continue;
            if (_spans.Count == 0) (_iterations, _salt) = (iterations, salt.ToArray());
            else if (iterations != _iterations || !salt.SequenceEqual(_salt)) continue;
            _spans.Add(new Span(owner, next.ToArray(), flags == OptOutFlag, new TypeBitmap(record.Content.AsMemory(reader.Position))));
        }
    }

    private bool IsTooCostly => _iterations > MaxIterations;

    public Denial Prove(DnsName name, DnsType type)
    {
        if (_spans.Count == 0) return default;
        if (IsTooCostly) return new Denial(Denied.Unsigned);
        if (FindAt(name) is { } at)
            return at.Types.Denies(type, name) ? new Denial(Denied.Type, at.Types.IsDelegation) : default;
        if (FindClosest(name) is not { } closest) return default;
        if (FindCover(name.Suffix(closest.LabelCount + 1)) is not { } cover) return default;
        if (cover.IsOptOut) return new Denial(Denied.Unsigned);
        if (closest.Under("*"u8) is not { } wildcard) return default;
        if (FindAt(wildcard) is { } expanded)
            return new Denial(expanded.Types.Denies(type, wildcard) ? Denied.Type : Denied.Nothing);
        return new Denial(FindCover(wildcard) is null ? Denied.Nothing : Denied.Name);
    }

    public Denied ProveNothingCloser(DnsName name, int labels)
    {
        if (_spans.Count == 0) return Denied.Nothing;
        if (IsTooCostly) return Denied.Unsigned;
        return FindCover(name.Suffix(labels + 1)) switch
        {
            null => Denied.Nothing,
            { IsOptOut: true } => Denied.Unsigned,
            _ => Denied.Name,
        };
    }

    // The closest name above that is proven to be there (RFC 5155 §8.3), and is in this zone.
    private DnsName? FindClosest(DnsName name)
    {
        for (var above = name; above.IsBelow(_apex);)
        {
            above = above.Parent;
            if (FindAt(above) is { } at) return at.Types.IsDelegation || at.Types.Has(DnsType.Dname) ? null : above;
        }

        return null;
    }

    private Span? FindAt(DnsName name) =>
        Hash(name) is { } hash ? _spans.FirstOrDefault(span => span.Owner.AsSpan().SequenceEqual(hash)) : null;

    private Span? FindCover(DnsName name) => Hash(name) is { } hash ? _spans.FirstOrDefault(span => Covers(span, hash)) : null;

    // The last span goes around.
    private static bool Covers(Span span, byte[] hash)
    {
        var isAfterOwner = hash.AsSpan().SequenceCompareTo(span.Owner) > 0;
        var isBeforeNext = hash.AsSpan().SequenceCompareTo(span.Next) < 0;
        return span.Owner.AsSpan().SequenceCompareTo(span.Next) < 0 ? isAfterOwner && isBeforeNext : isAfterOwner || isBeforeNext;
    }

    // RFC 5155 §5: the hash that the zone chose, no secret of ours.
#pragma warning disable CA5350
    private byte[]? Hash(DnsName name)
    {
        if (!_budget.TryHash()) return null;
        var hash = SHA1.HashData([.. name.Wire, .. _salt]);
        for (var iteration = 0; iteration < _iterations; iteration++) hash = SHA1.HashData([.. hash, .. _salt]);
        return hash;
    }
#pragma warning restore CA5350

    private sealed record Span(byte[] Owner, byte[] Next, bool IsOptOut, TypeBitmap Types);
}
