using System.Buffers;
using System.Buffers.Binary;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>A zone whose keys are proven, and the checking of record sets by them (RFC 4035 §5.3). Immutable and thread-safe.</summary>
internal sealed record SecureZone(DnsName Apex, IReadOnlyList<ZoneKey> Keys)
{
    // Keys with one tag: honest zones have one, rarely two (CVE-2023-50387).
    private const int MaxKeysPerTag = 4;

    /// <summary>Looks for a signature that proves the set.</summary>
    /// <returns>The signature, or null and why there is none.</returns>
    public (Signature? Signature, string? Reason) Verify(RecordSet set, DateTimeOffset now, QuestionBudget budget)
    {
        var reason = $"the {set.Type} records of {set.Owner} have no signature of {Word(Apex)}";
        foreach (var signature in set.Signatures)
        {
            if (!signature.Signer.Equals(Apex) || signature.Labels > SignedLabels(set.Owner)) continue;
            if (!signature.IsInForce(now))
            {
                reason = $"the signature of the {set.Type} records of {set.Owner} is out of its time";
                continue;
            }

            var signed = WriteSigned(set, signature);
            foreach (var key in Keys.Where(key => key.Tag == signature.KeyTag && key.Algorithm == signature.Algorithm).Take(MaxKeysPerTag))
            {
                if (!budget.TryVerify()) return (null, "the answer costs too many computations");
                if (key.Verifies(signed, signature.Value.Span)) return (signature, null);
            }

            reason = $"the signature of the {set.Type} records of {set.Owner} does not fit";
        }

        return (null, reason);
    }

    /// <summary>How long a proven set may be kept, in seconds (RFC 4035 §5.3.3).</summary>
    public static uint TtlOf(RecordSet set, Signature signature, DateTimeOffset now) =>
        Math.Min(Math.Min(set.Ttl, signature.Ttl), Math.Min(signature.OriginalTtl, signature.SecondsLeft(now)));

    /// <summary>Whether the set came of a wildcard: then it takes a proof that nothing closer is there (RFC 4035 §5.3.4).</summary>
    public static bool IsExpanded(RecordSet set, Signature signature) => signature.Labels < SignedLabels(set.Owner);

    public static string Word(DnsName name) => name.IsRoot ? "the root" : name.ToString();

    // The label of a wildcard does not count (RFC 4034 §3.1.3).
    private static int SignedLabels(DnsName owner) => owner.IsWildcard ? owner.LabelCount - 1 : owner.LabelCount;

    // RRSIG fields, then the records in canonical order, each with the name and the TTL that were signed (RFC 4034 §3.1.8.1, §6.3).
    private static ReadOnlySpan<byte> WriteSigned(RecordSet set, Signature signature)
    {
        var owner = IsExpanded(set, signature) ? set.Owner.Suffix(signature.Labels).Under("*"u8) ?? set.Owner : set.Owner;
        var contents = set.Records.Select(static record => record.Content).ToList();
        contents.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(signature.Fields.Span);
        byte[]? last = null;
        Span<byte> header = stackalloc byte[10];
        foreach (var content in contents)
        {
            if (last is not null && content.AsSpan().SequenceEqual(last)) continue;
            last = content;
            buffer.Write(owner.Wire);
            BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)set.Type);
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], 1); // IN
            BinaryPrimitives.WriteUInt32BigEndian(header[4..], signature.OriginalTtl);
            BinaryPrimitives.WriteUInt16BigEndian(header[8..], (ushort)content.Length);
            buffer.Write(header);
            buffer.Write(content);
        }

        return buffer.WrittenSpan;
    }
}
