using System.Buffers.Binary;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>What the parent, or a trust anchor, says of a zone's key: a DS record (RFC 4034 §5.1) or the key itself. Immutable.</summary>
internal sealed record DelegationSigner
{
    /// <summary>RFC 4509. SHA-1 is not taken any more.</summary>
    public const byte Sha256 = 2;

    /// <summary>RFC 6605.</summary>
    public const byte Sha384 = 4;

    private readonly byte[] _content;
    private readonly bool _isKey;

    private DelegationSigner(byte[] content, bool isKey)
    {
        _content = content;
        _isKey = isKey;
    }

    /// <summary>False when nothing can be validated by it (RFC 4035 §5.2: as if it were not there).</summary>
    public bool IsUsable => _isKey
        ? ZoneKey.From(_content) is not null
        : ZoneKey.IsSupported(_content[2]) && _content[3] is Sha256 or Sha384;

    /// <summary>From the content of a DS record; null when it is too short.</summary>
    public static DelegationSigner? FromDigest(byte[] content) => content.Length > 4 ? new DelegationSigner(content, isKey: false) : null;

    /// <summary>From the content of a DNSKEY record; null when it is too short.</summary>
    public static DelegationSigner? FromKey(byte[] content) => content.Length > 4 ? new DelegationSigner(content, isKey: true) : null;

    public bool Vouches(DnsName zone, ZoneKey key) => _isKey
        ? key.IsSameAs(_content)
        : key.Tag == BinaryPrimitives.ReadUInt16BigEndian(_content)
            && key.Algorithm == _content[2]
            && key.HasDigest(zone, _content[3], _content.AsSpan(4));
}
