using System.Buffers;

namespace Modus.Delivery.Authentication.Message;

/// <summary>One field of a header section, by its places in the section.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="NameLength">The length of its name, white space before the colon left out.</param>
/// <param name="Colon">The place of the colon.</param>
/// <param name="End">Behind its last line end.</param>
/// <param name="Above">The index of the next field of this name above it; -1 for none.</param>
internal readonly record struct HeaderField(int Start, int NameLength, int Colon, int End, int Above);

/// <summary>
/// The header section of a message as it stands, byte for byte, with its fields found. The bytes are pooled: what was taken out of it
/// is not to be used after it is disposed. Not thread-safe while it is read, thread-safe afterwards.
/// </summary>
internal sealed class HeaderSection : IDisposable
{
    private readonly List<HeaderField> _fields = [];
    private readonly Dictionary<string, int> _lowest = new(StringComparer.OrdinalIgnoreCase);
    private byte[] _bytes;
    private int _length;
    private int _scanned;     // up to here whole lines were looked at
    private int _fieldStart;  // of the field whose lines may go on

    private HeaderSection(byte[] bytes) => _bytes = bytes;

    /// <summary>False when the section is longer than what is read of it: its fields are then not all there.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Where the body begins in the message; there may be none.</summary>
    public int BodyOffset { get; private set; }

    /// <summary>The fields, in their order.</summary>
    public IReadOnlyList<HeaderField> Fields => _fields;

    /// <summary>Reads the section that <paramref name="message"/> begins with, and leaves the stream wherever it stands then.</summary>
    public static async ValueTask<HeaderSection> ReadAsync(Stream message, CancellationToken cancellationToken)
    {
        const int FirstRead = 8 << 10; // most header sections are shorter
        var section = new HeaderSection(ArrayPool<byte>.Shared.Rent(FirstRead));
        try
        {
            while (!section.Scan())
            {
                if (section._length >= AuthenticationLimits.HeaderSection) return section;
                section.MakeRoom();
                var read = await message.ReadAsync(section._bytes.AsMemory(section._length), cancellationToken);
                section._length += read;
                if (read > 0) continue;
                section.EndOfMessage();
                break;
            }

            section.IsComplete = true;
            return section;
        }
        catch
        {
            section.Dispose();
            throw;
        }
    }

    /// <summary>The lowest field of a name, or the one <paramref name="skip"/> fields of that name above it.</summary>
    /// <returns>Its index in <see cref="Fields"/>; -1 when there is none.</returns>
    public int FindFromBottom(string name, int skip = 0)
    {
        var index = _lowest.GetValueOrDefault(name, -1);
        for (; index >= 0 && skip > 0; skip--) index = _fields[index].Above;
        return index;
    }

    /// <summary>The field as it stands, its line end included.</summary>
    public ReadOnlyMemory<byte> RawOf(HeaderField field) => _bytes.AsMemory(field.Start, field.End - field.Start);

    /// <summary>What stands behind the colon, line ends included.</summary>
    public ReadOnlyMemory<byte> ValueOf(HeaderField field) => _bytes.AsMemory(field.Colon + 1, field.End - field.Colon - 1);

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    // A line ends at its LF: SMTP's ends are CRLF, but BINARYMIME may hold others, and what shows such a message to people takes them.
    private bool Scan()
    {
        while (true)
        {
            var end = _bytes.AsSpan(_scanned, _length - _scanned).IndexOf((byte)'\n');
            if (end < 0) return false;
            var line = _bytes.AsSpan(_scanned, end + 1);
            var isEmpty = line.Length == 1 || (line.Length == 2 && line[0] == '\r');
            if (isEmpty || line[0] is not ((byte)' ' or (byte)'\t'))
            {
                AddField(_fieldStart, _scanned);
                _fieldStart = _scanned;
            }

            _scanned += end + 1;
            if (!isEmpty) continue;
            BodyOffset = _scanned;
            return true;
        }
    }

    private void EndOfMessage()
    {
        // A last line without an end, or one more field that the end of the message ends.
        if (_scanned < _length && _bytes[_scanned] is not ((byte)' ' or (byte)'\t'))
        {
            AddField(_fieldStart, _scanned);
            _fieldStart = _scanned;
        }

        AddField(_fieldStart, _length);
        BodyOffset = _length;
    }

    private void AddField(int start, int end)
    {
        if (end <= start) return;
        var field = _bytes.AsSpan(start, end - start);
        var colon = field.IndexOf((byte)':');
        if (colon <= 0) return; // no field; whoever shows the message does not show it as one
        var name = field[..colon].TrimEnd(" \t"u8);
        if (name.IsEmpty || name.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E)) return;

        var text = System.Text.Encoding.ASCII.GetString(name);
        _fields.Add(new HeaderField(start, name.Length, start + colon, end, _lowest.GetValueOrDefault(text, -1)));
        _lowest[text] = _fields.Count - 1;
    }

    private void MakeRoom()
    {
        if (_length < _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
