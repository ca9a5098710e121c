namespace Modus.Server.Moving.Mbox;

/// <summary>
/// The content of one message in an mbox file: without the fields that programs wrote for themselves, and unquoted, one <c>&gt;</c> off
/// each line of <c>&gt;From </c>. Owns the file. Not thread-safe.
/// </summary>
internal sealed class MboxContentStream : ReadOnlyStream
{
    private readonly Stream _file;
    private readonly LinePieces _lines;
    private readonly MboxEntry _entry;
    private ReadOnlyMemory<byte> _rest;
    private bool _isInHeader = true;
    private bool _isDropped;
    private bool _dropsFolded;

    public MboxContentStream(Stream file, MboxEntry entry)
    {
        (_file, _entry, _lines) = (file, entry, new LinePieces(file));
        _lines.MoveTo(entry.Start);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty)
        {
            if (await _lines.ReadAsync(cancellationToken) is not { } piece || piece.Offset >= _entry.End) return 0;
            var bytes = piece.Bytes;
            if (_entry.End - piece.Offset < bytes.Length) bytes = bytes[..(int)(_entry.End - piece.Offset)];
            _rest = Keep(bytes, piece.IsStart);
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
        base.Dispose(disposing);
    }

    // What of a piece is the message's.
    private ReadOnlyMemory<byte> Keep(ReadOnlyMemory<byte> piece, bool isStart)
    {
        if (isStart) _isDropped = _isInHeader && IsDropped(piece.Span);
        if (_isDropped) return default;
        if (!isStart || !_entry.IsQuoted || piece.Span[0] != '>') return piece;
        var line = piece.Span;
        var plain = line.IndexOfAnyExcept((byte)'>');
        return plain > 0 && line[plain..].StartsWith("From "u8) ? piece[1..] : piece;
    }

    private bool IsDropped(ReadOnlySpan<byte> line)
    {
        _isInHeader = line is not ([(byte)'\n'] or [(byte)'\r', (byte)'\n']);
        if (line[0] is (byte)' ' or (byte)'\t') return _dropsFolded;
        var isDropped = MboxHeader.Find(line, out _dropsFolded) is not null;
        return isDropped;
    }
}
