namespace Modus.Protocols.Smtp.Reception;

/// <summary>Counts Received fields in the header section as it passes by, wherever it is cut (RFC 5321 §6.3).</summary>
internal struct HopCounter
{
    private const int NoMatch = -1;

    private int _matched;      // letters of "received:" that the line began with, or NoMatch
    private bool _lineIsEmpty;
    private bool _started;

    public int Hops { get; private set; }

    /// <summary>True once the header section is over.</summary>
    public bool IsDone { get; private set; }

    private static ReadOnlySpan<byte> Field => "received:"u8;

    public void Scan(ReadOnlySpan<byte> bytes)
    {
        if (!_started)
        {
            _started = true;
            _lineIsEmpty = true;
        }

        for (var i = 0; i < bytes.Length && !IsDone; i++)
        {
            var b = bytes[i];
            switch (b)
            {
                case (byte)'\n':
                    IsDone = _lineIsEmpty;
                    _lineIsEmpty = true;
                    _matched = 0;
                    continue;
                case (byte)'\r':
                    continue;
            }

            _lineIsEmpty = false;
            if (_matched == NoMatch) continue;
            if (_matched == Field.Length - 1 && b is (byte)' ' or (byte)'\t') continue; // obs-received (RFC 5322 §4.5.7)
            _matched = (b | 0x20) == Field[_matched] || b == Field[_matched] ? _matched + 1 : NoMatch;
            if (_matched != Field.Length) continue;
            Hops++;
            _matched = NoMatch;
        }
    }
}
