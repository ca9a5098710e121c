namespace Modus.Protocols.Imap.Append;

/// <summary>Looks at a message on its way in: whether it holds NUL, and whether its header section holds 8-bit characters. May be cut anywhere.</summary>
internal struct HeaderWatch()
{
    private bool _isInBody;
    private bool _isLineEmpty = true;

    public bool HasNul { get; private set; }

    /// <summary>True when the header is internationalised, or older than MIME.</summary>
    public bool HasEightBitHeader { get; private set; }

    public void Watch(ReadOnlySpan<byte> bytes)
    {
        HasNul |= bytes.Contains((byte)0);
        if (!_isInBody) WatchHeader(bytes);
    }

    private void WatchHeader(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..end];
            HasEightBitHeader |= line.ContainsAnyInRange((byte)0x80, (byte)0xff);
            _isLineEmpty &= line.IndexOfAnyExcept((byte)'\r') < 0;
            if (end < 0) return;
            if (_isLineEmpty)
            {
                _isInBody = true;
                return;
            }

            _isLineEmpty = true;
            bytes = bytes[(end + 1)..];
        }
    }
}
