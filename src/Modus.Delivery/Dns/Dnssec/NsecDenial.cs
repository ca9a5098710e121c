using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>Absence proven by NSEC records (RFC 4035 §5.4).</summary>
internal sealed class NsecDenial : IDenialRecords
{
    private readonly DnsName _apex;
    private readonly List<Span> _spans = [];

    /// <param name="apex">The zone that signed them.</param>
    /// <param name="records">NSEC records; others are passed over.</param>
    public NsecDenial(DnsName apex, IEnumerable<DnsRecord> records)
    {
        _apex = apex;
        foreach (var record in records.Where(static record => record.Type == DnsType.Nsec))
        {
            var reader = new DnsReader(record.Content);
            if (reader.TryReadName(out var next)) _spans.Add(new Span(record.Owner, next, new TypeBitmap(record.Content.AsMemory(reader.Position))));
        }
    }

    public Denial Prove(DnsName name, DnsType type)
    {
        if (_spans.FirstOrDefault(span => span.Owner.Equals(name)) is { } at)
            return at.Types.Denies(type, name) ? new Denial(Denied.Type, at.Types.IsDelegation) : default;
        if (FindCover(name) is not { } cover) return default;
        if (cover.Next.IsBelow(name)) return new Denial(Denied.Type); // the name is there, empty, above the next one
        if (name.Suffix(ClosestLabels(name, cover)).Under("*"u8) is not { } wildcard) return default;
        if (_spans.FirstOrDefault(span => span.Owner.Equals(wildcard)) is { } expanded)
            return new Denial(expanded.Types.Denies(type, wildcard) ? Denied.Type : Denied.Nothing);
        return new Denial(FindCover(wildcard) is null ? Denied.Nothing : Denied.Name);
    }

    public Denied ProveNothingCloser(DnsName name, int labels) =>
        FindCover(name) is { } cover && ClosestLabels(name, cover) == labels ? Denied.Name : Denied.Nothing;

    // The names at both ends of the span are there, and with them those above them.
    private static int ClosestLabels(DnsName name, Span cover) => Math.Max(name.SharedLabels(cover.Owner), name.SharedLabels(cover.Next));

    private Span? FindCover(DnsName name) => _spans.FirstOrDefault(span => IsCovered(name, span));

    // The last span of a zone ends at its apex. What stands above a name as a delegation or DNAME says nothing of what is below
    // (RFC 6840 §4.1).
    private bool IsCovered(DnsName name, Span span)
    {
        if (!name.IsBelow(_apex) || span.Owner.CompareTo(name) >= 0) return false;
        if (!span.Next.Equals(_apex) && span.Next.CompareTo(name) <= 0) return false;
        return !name.IsBelow(span.Owner) || !(span.Types.IsDelegation || span.Types.Has(DnsType.Dname));
    }

    private sealed record Span(DnsName Owner, DnsName Next, TypeBitmap Types);
}
