using System.Buffers.Binary;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// What stands before each content in a segment, little endian: magic (4), format (4), content id (8), length (8),
/// XxHash3 of the content (8). The rows say the same; the header lets a segment be understood without them. A record of content 0
/// is filler.
/// </summary>
internal readonly record struct RecordHeader(long Content, long Length, ulong Checksum)
{
    public const int Size = 32;

    private const uint Magic = 0x4353_444D; // "MDSC"
    private const uint Format = 1;

    /// <summary>The header of bytes that mean nothing.</summary>
    public static RecordHeader Filler(long length) => new(0, length, 0);

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], Format);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], Content);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Length);
        BinaryPrimitives.WriteUInt64LittleEndian(target[24..], Checksum);
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out RecordHeader header)
    {
        header = default;
        if (source.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(source[4..]) != Format)
            return false;
        header = new RecordHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[24..]));
        return true;
    }
}

/// <summary>Where a content's record is, and what it must be.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Offset">Where its header begins there.</param>
/// <param name="Header">What the header says.</param>
internal readonly record struct ContentPlace(long Segment, long Offset, RecordHeader Header)
{
    public long BodyOffset => Offset + RecordHeader.Size;

    public long RecordLength => RecordHeader.Size + Header.Length;

    public long End => Offset + RecordLength;
}
