using System.Buffers;
using System.Buffers.Binary;

namespace Modus.Tls;

/// <summary>
/// Finds the ClientHello in the first bytes of a connection without consuming any (RFC 8446 §4.1.2 and §5.1): the records
/// that carry it may cut it anywhere. Keeps its place between calls, so that a hello that comes byte by byte costs no more
/// than one that comes at once. One reader per handshake.
/// </summary>
internal struct ClientHelloReader(int limit)
{
    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;
    private const int MaxRecord = 1 << 14; // RFC 8446 §5.1: 2^14 bytes in clear
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloMessage = 1;

    private long _nextRecord; // offset of the first record that is not wholly there yet
    private int _gathered;    // handshake bytes in the records before it
    private int _length;      // of the whole handshake message with its header; 0 while unknown

    /// <summary>Looks at everything that has come so far; each call must pass the same bytes again and may pass more.</summary>
    public ClientHelloStatus Read(in ReadOnlySequence<byte> buffer, out ClientHello hello)
    {
        hello = default;
        var status = WalkRecords(buffer);
        if (status == ClientHelloStatus.Complete)
            return Parse(buffer, out hello);
        return status == ClientHelloStatus.NeedMore && buffer.Length >= limit ? ClientHelloStatus.TooLarge : status;
    }

    // struct { ContentType type; ProtocolVersion legacy_record_version; uint16 length; opaque fragment[length]; } TLSPlaintext;
    private ClientHelloStatus WalkRecords(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> scratch = stackalloc byte[RecordHeader + HandshakeHeader];
        Span<byte> header = stackalloc byte[HandshakeHeader];
        while (true)
        {
            var head = Peek(buffer, _nextRecord, scratch);
            var status = CheckRecordHeader(head, isFirst: _nextRecord == 0, out var fragment);
            if (status != ClientHelloStatus.Complete)
                return status;

            // The message's own header tells its length as soon as it is there; one cut over several records is rare.
            if (_gathered == 0 && head.Length > RecordHeader && head[RecordHeader] != ClientHelloMessage)
                return ClientHelloStatus.Malformed;
            if (_gathered == 0 && fragment >= HandshakeHeader && head.Length == RecordHeader + HandshakeHeader)
                SetLength(head[RecordHeader..]);
            if (_length > limit - RecordHeader)
                return ClientHelloStatus.TooLarge;

            // A message ends within its last record, so the rest of that record is not needed: only this message is.
            var wanted = _length == 0 ? fragment : Math.Min(fragment, _length - _gathered);
            if (buffer.Length - _nextRecord - RecordHeader < wanted)
                return ClientHelloStatus.NeedMore;
            _gathered += wanted;
            _nextRecord += RecordHeader + fragment;
            if (_length == 0 && _gathered >= HandshakeHeader)
            {
                Gather(buffer, header);
                if (header[0] != ClientHelloMessage)
                    return ClientHelloStatus.Malformed;
                SetLength(header);
            }

            if (_length > 0 && _gathered >= _length)
                return ClientHelloStatus.Complete;
        }
    }

    private void SetLength(ReadOnlySpan<byte> header) =>
        _length = HandshakeHeader + (header[1] << 16 | header[2] << 8 | header[3]);

    private static ClientHelloStatus CheckRecordHeader(ReadOnlySpan<byte> head, bool isFirst, out int fragment)
    {
        fragment = 0;
        if (head.IsEmpty)
            return ClientHelloStatus.NeedMore;
        if (head[0] != HandshakeRecord)
            return isFirst ? CheckSsl2(head) : ClientHelloStatus.Malformed;
        if (head.Length > 1 && head[1] != 3)
            return isFirst ? ClientHelloStatus.NotTls : ClientHelloStatus.Malformed;
        if (head.Length < RecordHeader)
            return ClientHelloStatus.NeedMore;
        fragment = BinaryPrimitives.ReadUInt16BigEndian(head[3..]);
        return fragment is 0 or > MaxRecord ? ClientHelloStatus.Malformed : ClientHelloStatus.Complete;
    }

    // RFC 5246 §E.2: uint8 V2CipherSpec; uint16 msg_length with the top bit set; uint8 msg_type = 1; version
    private static ClientHelloStatus CheckSsl2(ReadOnlySpan<byte> head)
    {
        if ((head[0] & 0x80) == 0 || (head.Length > 2 && head[2] != ClientHelloMessage))
            return ClientHelloStatus.NotTls;
        if (head.Length > 3 && head[3] is not (0 or 3))
            return ClientHelloStatus.NotTls;
        return head.Length > 3 ? ClientHelloStatus.Ssl2 : ClientHelloStatus.NeedMore;
    }

    private readonly ClientHelloStatus Parse(in ReadOnlySequence<byte> buffer, out ClientHello hello)
    {
        var inOneRecord = buffer.FirstSpan.Length >= RecordHeader + _length
            && BinaryPrimitives.ReadUInt16BigEndian(buffer.FirstSpan[3..]) >= _length;
        if (inOneRecord)
            return Parse(buffer.FirstSpan.Slice(RecordHeader, _length), out hello);

        var rented = ArrayPool<byte>.Shared.Rent(_length);
        try
        {
            var message = rented.AsSpan(0, _length);
            Gather(buffer, message);
            return Parse(message, out hello);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static ClientHelloStatus Parse(ReadOnlySpan<byte> message, out ClientHello hello) =>
        ClientHelloParser.TryParse(message[HandshakeHeader..], out hello) ? ClientHelloStatus.Complete : ClientHelloStatus.Malformed;

    /// <summary>Copies the first bytes of the handshake message out of its records; they are known to be there.</summary>
    private static void Gather(in ReadOnlySequence<byte> buffer, Span<byte> message)
    {
        var rest = buffer;
        Span<byte> header = stackalloc byte[RecordHeader];
        while (!message.IsEmpty)
        {
            rest.Slice(0, RecordHeader).CopyTo(header);
            int fragment = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
            var take = Math.Min(fragment, message.Length);
            rest.Slice(RecordHeader, take).CopyTo(message);
            message = message[take..];
            if (!message.IsEmpty)
                rest = rest.Slice(RecordHeader + fragment);
        }
    }

    private static ReadOnlySpan<byte> Peek(in ReadOnlySequence<byte> buffer, long offset, Span<byte> scratch)
    {
        if (offset >= buffer.Length)
            return [];
        var rest = buffer.Slice(offset);
        var count = (int)Math.Min(rest.Length, scratch.Length);
        rest.Slice(0, count).CopyTo(scratch);
        return scratch[..count];
    }
}
