using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Modus.Delivery.Dns.Wire;

/// <summary>Reads a message (RFC 1035 §4.1), or the content of a record, from a span; what does not fit is a false, never an exception.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message, int position = 0)
{
    private const int PointerMark = 0xC0; // RFC 1035 §4.1.4
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; private set; } = position;

    public readonly bool IsAtEnd => Position == _message.Length;

    public readonly ReadOnlySpan<byte> Rest => _message[Position..];

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (Position >= _message.Length) return false;
        value = _message[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_message[Position..], out value)) return false;
        Position += sizeof(ushort);
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_message[Position..], out value)) return false;
        Position += sizeof(uint);
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_message.Length - Position < count) return false;
        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Reads a name. A pointer must point before the name that holds it, so that reading ends.</summary>
    public bool TryReadName([NotNullWhen(true)] out DnsName? name)
    {
        name = null;
        Span<byte> wire = stackalloc byte[DnsName.MaxLength];
        var length = 0;
        var at = Position;
        var earliest = Position;
        var hasJumped = false;
        while (at < _message.Length)
        {
            var mark = _message[at];
            if ((mark & PointerMark) == PointerMark)
            {
                if (at + 1 >= _message.Length) return false;
                var target = ((mark & ~PointerMark) << 8) | _message[at + 1];
                if (target >= earliest) return false;
                if (!hasJumped) Position = at + 2;
                hasJumped = true;
                at = earliest = target;
                continue;
            }

            if ((mark & PointerMark) != 0 || at + mark + 1 > _message.Length || length + mark + 1 > wire.Length) return false;
            _message.Slice(at, mark + 1).CopyTo(wire[length..]);
            length += mark + 1;
            at += mark + 1;
            if (mark != 0) continue;
            if (!hasJumped) Position = at;
            name = DnsName.FromWire(wire[..length]);
            return true;
        }

        return false;
    }
}
