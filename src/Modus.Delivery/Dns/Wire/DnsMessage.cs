using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Modus.Delivery.Dns.Wire;

/// <summary>A reply, without its additional section. Immutable.</summary>
internal sealed record DnsMessage
{
    /// <summary>RFC 1035 §4.1.1.</summary>
    public const int HeaderLength = 12;

    /// <summary>EDNS payload that is not fragmented on the way; what DNS flag day 2020 asks for.</summary>
    public const int UdpPayload = 1232;

    public required ushort Id { get; init; }

    public required bool IsTruncated { get; init; }

    /// <summary>What the resolver says of its own validation; to be believed only over a path that is trusted.</summary>
    public required bool IsAuthenticData { get; init; }

    public required DnsResponseCode Code { get; init; }

    public required DnsName Name { get; init; }

    public required DnsType Type { get; init; }

    public required IReadOnlyList<DnsRecord> Answers { get; init; }

    public required IReadOnlyList<DnsRecord> Authorities { get; init; }

    /// <summary>Writes a question into a buffer of <see cref="HeaderLength"/> + <see cref="DnsName.MaxLength"/> + 15 octets.</summary>
    /// <returns>How many octets it has.</returns>
    public static int WriteQuestion(Span<byte> buffer, ushort id, DnsName name, DnsType type, DnsQuestionFlags flags)
    {
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(flags & DnsQuestionFlags.Header));
        BinaryPrimitives.WriteUInt64BigEndian(buffer[4..], 0x0001_0000_0000_0001); // one question, one additional record
        name.Wire.CopyTo(buffer[HeaderLength..]);
        var at = HeaderLength + name.Wire.Length;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], 1); // IN

        // OPT: root, type, UDP payload, extended code and version, flags, no options (RFC 6891 §6.1.2).
        var opt = buffer.Slice(at + 4, 11);
        opt.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], (ushort)DnsType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], UdpPayload);
        if (flags.HasFlag(DnsQuestionFlags.DnssecOk)) opt[7] = 0x80; // RFC 3225 §3
        return at + 15;
    }

    /// <summary>Reads a reply to one question.</summary>
    public static bool TryParse(ReadOnlySpan<byte> message, [NotNullWhen(true)] out DnsMessage? reply)
    {
        reply = null;
        var reader = new DnsReader(message);
        if (!reader.TryReadUInt16(out var id) || !reader.TryReadUInt16(out var flags)) return false;
        if (!reader.TryReadUInt16(out var questions) || !reader.TryReadUInt16(out var answers)) return false;
        if (!reader.TryReadUInt16(out var authorities) || !reader.TryReadUInt16(out _)) return false;
        const int ResponseAndOpcode = 0xF800, Response = 0x8000;
        if ((flags & ResponseAndOpcode) != Response || questions != 1) return false;
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out _)) return false;
        var isTruncated = (flags & 0x0200) != 0;
        if (isTruncated) answers = authorities = 0; // whatever is left of it is asked for again
        if (!TryReadSection(ref reader, answers, out var answerRecords)) return false;
        if (!TryReadSection(ref reader, authorities, out var authorityRecords)) return false;
        reply = new DnsMessage
        {
            Id = id,
            IsTruncated = isTruncated,
            IsAuthenticData = (flags & 0x0020) != 0,
            Code = (DnsResponseCode)(flags & 0x000F),
            Name = name,
            Type = (DnsType)type,
            Answers = answerRecords,
            Authorities = authorityRecords,
        };
        return true;
    }

    private static bool TryReadSection(ref DnsReader reader, int count, [NotNullWhen(true)] out List<DnsRecord>? records)
    {
        records = [];
        for (var index = 0; index < count; index++)
        {
            if (!reader.TryReadName(out var owner) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var @class)) return false;
            if (!reader.TryReadUInt32(out var ttl) || !reader.TryReadUInt16(out var length)) return false;
            if (reader.Rest.Length < length) return false;
            var end = reader.Position + length;
            if (!DnsContent.TryRead(ref reader, (DnsType)type, length, out var content) || reader.Position != end) return false;
            if (ttl > int.MaxValue) ttl = 0; // RFC 2181 §8
            if (@class == 1) records.Add(new DnsRecord(owner, (DnsType)type, ttl, content));
        }

        return true;
    }
}

/// <summary>What a question asks of the resolver.</summary>
[Flags]
internal enum DnsQuestionFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>CD: hand out what does not validate, it is validated here (RFC 4035 §4.9.2).</summary>
    CheckingDisabled = 0x0010,

    /// <summary>AD: tell whether it validates (RFC 6840 §5.7).</summary>
    AuthenticData = 0x0020,

    /// <summary>RD: find it for us.</summary>
    RecursionDesired = 0x0100,

    /// <summary>Those that stand in the header.</summary>
    Header = 0xFFFF,

    /// <summary>DO: add the signatures (RFC 3225 §3).</summary>
    DnssecOk = 0x10000,
}

/// <summary>RFC 1035 §4.1.1.</summary>
internal enum DnsResponseCode
{
    /// <summary>NOERROR.</summary>
    NoError = 0,

    /// <summary>FORMERR.</summary>
    FormatError = 1,

    /// <summary>SERVFAIL.</summary>
    ServerFailure = 2,

    /// <summary>NXDOMAIN.</summary>
    NoName = 3,

    /// <summary>NOTIMP.</summary>
    NotImplemented = 4,

    /// <summary>REFUSED.</summary>
    Refused = 5,
}
