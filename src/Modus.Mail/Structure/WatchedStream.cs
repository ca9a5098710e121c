namespace Modus.Mail.Structure;

/// <summary>
/// Reads through to the content, counts, finds the end of the message's own header independently of the parser, and stops a
/// header section that does not end.
/// </summary>
internal sealed class WatchedStream(Stream content) : Stream
{
    private long _headerFrom;
    private long _deepWork;
    private bool _inHeader;
    private bool _bodyFound;
    private bool _isEnded;
    private int _lineLength;

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Line ends read so far.</summary>
    public long Lines { get; private set; }

    /// <summary>Where the body begins: behind the first empty line, or at the end.</summary>
    public long BodyOffset { get; private set; }

    /// <summary>Line ends in front of the body.</summary>
    public long HeaderLines { get; private set; }

    /// <summary>True when what was read ends in the middle of a line.</summary>
    public bool EndsInLine { get; private set; }

    /// <summary>How many parts are open where the parser is.</summary>
    public int Depth { get; set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => BytesRead;
        set => throw new NotSupportedException();
    }

    public void BeginHeader()
    {
        _inHeader = true;
        _headerFrom = BytesRead;
    }

    public void EndHeader() => _inHeader = false;

    /// <summary>Lets the reader see the end of the content here: nothing more is wanted.</summary>
    public void End() => _isEnded = true;

    /// <summary>Reads what is left, so that the counts are those of the whole.</summary>
    public void Drain()
    {
        _inHeader = false;
        _deepWork = Depth = 0;
        Span<byte> buffer = stackalloc byte[4 << 10]; // mostly to learn that nothing is left
        while (Read(buffer) > 0)
        {
        }
    }

    public override int Read(Span<byte> buffer)
    {
        if (_isEnded) return 0;
        if (_inHeader && BytesRead - _headerFrom > StructureLimits.HeaderSection) throw new StructureLimitException();
        if (_deepWork > StructureLimits.DeepWork) throw new StructureLimitException();
        var count = content.Read(buffer);
        _deepWork += (long)count * Math.Max(0, Depth - StructureLimits.FreeDepth);
        if (count > 0) Watch(buffer[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    private void Watch(ReadOnlySpan<byte> bytes)
    {
        if (!_bodyFound) FindBody(bytes);
        BytesRead += bytes.Length;
        Lines += bytes.Count((byte)'\n');
        EndsInLine = bytes[^1] != '\n';
        if (_bodyFound) return;
        BodyOffset = BytesRead;
        HeaderLines = Lines;
    }

    private void FindBody(ReadOnlySpan<byte> bytes)
    {
        long lines = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\r') continue;
            if (bytes[i] != '\n')
            {
                _lineLength++;
                continue;
            }

            lines++;
            if (_lineLength == 0)
            {
                _bodyFound = true;
                BodyOffset = BytesRead + i + 1;
                HeaderLines = Lines + lines;
                return;
            }

            _lineLength = 0;
        }
    }
}

/// <summary>Ends the parse at a bound; what was found until then is the structure.</summary>
internal sealed class StructureLimitException : Exception;
