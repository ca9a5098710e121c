using System.Buffers.Binary;
using System.Security.Cryptography;
using Modus.Delivery.Dns.Wire;

namespace Modus.Tests.Delivery.Dns.Dnssec;

/// <summary>A zone that signs whatever it is told to, also what no honest zone would (ECDSA P-256).</summary>
internal sealed class SigningZone(string apex, DateTimeOffset now) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public DnsName Apex { get; } = DnsName.Parse(apex);

    public byte[] KeyContent
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return [1, 1, 3, 13, .. point.X!, .. point.Y!]; // 257: a zone key that may sign keys
        }
    }

    public ushort Tag
    {
        get
        {
            var content = KeyContent;
            var sum = 0u;
            for (var index = 0; index < content.Length; index++) sum += (index & 1) == 0 ? (uint)content[index] << 8 : content[index];
            return (ushort)(sum + (sum >> 16));
        }
    }

    public string Anchor => $"{Apex}. IN DNSKEY 257 3 13 {Convert.ToBase64String(KeyContent[4..])}";

    public DnsRecord[] Keys => Sign(apex, DnsType.Dnskey, KeyContent);

    public byte[] Digest =>
        [(byte)(Tag >> 8), (byte)Tag, 13, 2, .. SHA256.HashData([.. Apex.Wire, .. KeyContent])];

    /// <summary>Records with their signature.</summary>
    public DnsRecord[] Sign(string owner, DnsType type, params byte[][] contents) => SignAs(owner, owner, type, contents);

    /// <summary>Records under one name with the signature of another, such as the wildcard that they came of.</summary>
    public DnsRecord[] SignAs(string owner, string signedOwner, DnsType type, params byte[][] contents)
    {
        var records = contents.Select(content => new DnsRecord(DnsName.Parse(owner), type, 300, content)).ToList();
        return [.. records, Signature(DnsName.Parse(owner), DnsName.Parse(signedOwner), type, contents)];
    }

    public DnsRecord[] Nsec(string owner, string next, params DnsType[] types)
    {
        var bits = new byte[8];
        foreach (var type in types) bits[(int)type / 8] |= (byte)(0x80 >> ((int)type % 8));
        return Sign(owner, DnsType.Nsec, [.. DnsName.Parse(next).Wire, 0, 8, .. bits]);
    }

    public void Dispose() => _key.Dispose();

    private DnsRecord Signature(DnsName owner, DnsName signedOwner, DnsType type, byte[][] contents)
    {
        var fields = new byte[18];
        BinaryPrimitives.WriteUInt16BigEndian(fields, (ushort)type);
        fields[2] = 13;
        fields[3] = (byte)(signedOwner.IsWildcard ? signedOwner.LabelCount - 1 : signedOwner.LabelCount);
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(4), 300);
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(8), (uint)now.AddDays(1).ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt32BigEndian(fields.AsSpan(12), (uint)now.AddDays(-1).ToUnixTimeSeconds());
        BinaryPrimitives.WriteUInt16BigEndian(fields.AsSpan(16), Tag);
        var signed = new List<byte>([.. fields, .. Apex.Wire]);
        foreach (var content in contents.OrderBy(static content => Convert.ToHexString(content), StringComparer.Ordinal))
        {
            signed.AddRange(signedOwner.Wire);
            signed.AddRange([(byte)((int)type >> 8), (byte)type, 0, 1, 0, 0, 1, 44, (byte)(content.Length >> 8), (byte)content.Length]);
            signed.AddRange(content);
        }

        var value = _key.SignData([.. signed], HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new DnsRecord(owner, DnsType.Rrsig, 300, [.. fields, .. Apex.Wire, .. value]);
    }
}
