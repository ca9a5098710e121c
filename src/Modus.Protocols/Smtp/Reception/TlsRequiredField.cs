namespace Modus.Protocols.Smtp.Reception;

/// <summary>Finds <c>TLS-Required: No</c> in the header section as it passes by, wherever it is cut (RFC 8689 §3).</summary>
internal struct TlsRequiredField
{
    private const int Lost = -1;

    private int _matched;    // letters of the pattern that the field began with, or Lost
    private bool _hasText;   // the line holds something
    private bool _isFolded;  // a line ended behind the colon: it goes on only if the next one begins with white space

    public bool SaysNo { get; private set; }

    /// <summary>True once the header section is over.</summary>
    public bool IsDone { get; private set; }

    // Between the colon and the value may stand white space, a fold among it.
    private static ReadOnlySpan<byte> Pattern => "tls-required:no"u8;

    private static int ValueAt => Pattern.Length - 2;

    // requiretls-field = "TLS-Required:" [FWS] "No" CRLF
    public void Scan(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length && !IsDone; i++)
        {
            var b = bytes[i];
            if (b == '\r') continue;
            if (b == '\n')
            {
                EndLine();
                continue;
            }

            Match(b);
            _hasText = true;
        }
    }

    private void Match(byte b)
    {
        if (_isFolded)
        {
            _isFolded = false;
            if (b is not ((byte)' ' or (byte)'\t')) _matched = 0; // the field was empty, and another begins
        }

        if (_matched == Lost || (b is (byte)' ' or (byte)'\t' && (_matched == ValueAt || _matched == Pattern.Length))) return;
        var isNext = _matched < Pattern.Length && (b == Pattern[_matched] || (char.IsAsciiLetterUpper((char)b) && (b | 0x20) == Pattern[_matched]));
        _matched = isNext ? _matched + 1 : Lost;
    }

    private void EndLine()
    {
        IsDone = !_hasText;
        SaysNo |= _matched == Pattern.Length;
        _isFolded = _matched == ValueAt;
        if (!_isFolded) _matched = 0;
        _hasText = false;
    }
}
