using System.Text;

namespace Modus.Mail.Structure;

/// <summary>Reads the primitives of the stored form; throws <see cref="InvalidDataException"/> on what they cannot be.</summary>
internal ref struct StructureScanner(ReadOnlySpan<byte> content)
{
    private ReadOnlySpan<byte> _rest = content;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte ReadByte()
    {
        if (_rest.IsEmpty) throw CutShort();
        var value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public long ReadNumber()
    {
        long value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var bits = ReadByte();
            value |= (long)(bits & 0x7F) << shift;
            if (bits < 0x80) return value;
        }

        throw new InvalidDataException("a message structure has a number that is too great");
    }

    /// <summary>A count of things that take so many bytes each at least: a damaged one cannot ask for more memory than is there.</summary>
    public int ReadCount(int bytesEach)
    {
        var count = ReadNumber();
        return count <= _rest.Length / bytesEach ? (int)count : throw CutShort();
    }

    public string? ReadText()
    {
        var length = ReadNumber() - 1;
        if (length < 0) return null;
        if (length > _rest.Length) throw CutShort();
        var text = Encoding.UTF8.GetString(_rest[..(int)length]);
        _rest = _rest[(int)length..];
        return text;
    }

    private static InvalidDataException CutShort() => new("a message structure is cut short");
}
