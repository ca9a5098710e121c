namespace Modus.Server.Moving.Mbox;

/// <param name="Bytes">Bytes of one line, with its line feed; valid until the next piece.</param>
/// <param name="Offset">Where they begin, in bytes from the start of the stream.</param>
/// <param name="IsStart">True when the line begins with them.</param>
internal readonly record struct LinePiece(ReadOnlyMemory<byte> Bytes, long Offset, bool IsStart)
{
    public bool IsEnd => Bytes.Length > 0 && Bytes.Span[^1] == '\n';

    public bool IsBlank => IsStart && Bytes.Span is [(byte)'\n'] or [(byte)'\r', (byte)'\n'];
}

/// <summary>
/// Reads a stream line by line in bounded memory: the first piece of a line has at least <see cref="LeastStart"/> bytes of it, or all.
/// Not thread-safe.
/// </summary>
internal sealed class LinePieces(Stream stream)
{
    /// <summary>What can be told of a line by looking at its first piece: longer than any line that matters to mbox.</summary>
    public const int LeastStart = 4 * 1024;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private long _offset; // of what stands at _at
    private int _at;
    private int _filled;
    private bool _isInLine;
    private bool _isAtEnd;

    /// <summary>The next piece; null at the end.</summary>
    public async ValueTask<LinePiece?> ReadAsync(CancellationToken cancellationToken)
    {
        var line = IndexOfLineFeed();
        while (line < 0 && _filled - _at < LeastStart && !_isAtEnd)
        {
            await FillAsync(cancellationToken);
            line = IndexOfLineFeed();
        }

        var length = line < 0 ? _filled - _at : line + 1;
        if (length == 0) return null;
        var piece = new LinePiece(_buffer.AsMemory(_at, length), _offset, !_isInLine);
        (_at, _offset, _isInLine) = (_at + length, _offset + length, line < 0);
        return piece;
    }

    /// <summary>Goes on elsewhere in a stream that can seek, at the beginning of a line.</summary>
    public void MoveTo(long offset)
    {
        stream.Position = offset;
        (_offset, _at, _filled, _isInLine, _isAtEnd) = (offset, 0, 0, false, false);
    }

    private int IndexOfLineFeed() => _buffer.AsSpan(_at, _filled - _at).IndexOf((byte)'\n');

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        _buffer.AsSpan(_at, _filled - _at).CopyTo(_buffer);
        (_at, _filled) = (0, _filled - _at);
        var read = await stream.ReadAsync(_buffer.AsMemory(_filled), cancellationToken);
        _isAtEnd = read == 0;
        _filled += read;
    }
}
