using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Modus.Mail.Structure;

/// <summary>Writes the primitives of the stored form.</summary>
internal sealed class StructureWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }

    /// <summary>Seven bits a byte, the least first; not negative.</summary>
    public void WriteNumber(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        for (; value >= 0x80; value >>= 7) WriteByte((byte)(value | 0x80));
        WriteByte((byte)value);
    }

    /// <summary>0 for null, else the length in bytes plus one, and the text.</summary>
    public void WriteText(string? text)
    {
        if (text is null)
        {
            WriteByte(0);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(length + 1L);
        _buffer.Advance(Encoding.UTF8.GetBytes(text, _buffer.GetSpan(length)));
    }

    public void WriteCheck(uint check)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer.GetSpan(sizeof(uint)), check);
        _buffer.Advance(sizeof(uint));
    }
}
