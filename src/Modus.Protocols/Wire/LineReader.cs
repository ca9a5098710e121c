using System.Buffers;
using System.Text;

namespace Modus.Protocols.Wire;

/// <summary>How the search for a line ended.</summary>
public enum LineStatus
{
    /// <summary>A line is there.</summary>
    Line,

    /// <summary>The line was longer than allowed; it was read to its end and thrown away.</summary>
    TooLong,

    /// <summary>The peer is gone.</summary>
    Closed,

    /// <summary>The deadline passed.</summary>
    TimedOut,

    /// <summary>The server wants to stop.</summary>
    Stopping,

    /// <summary>Somebody woke the connection; what came of the line so far is kept.</summary>
    Woken,
}

/// <summary>
/// Cuts lines out of a connection. A line ends at LF; whether CR stood before it is told, so that a grammar that
/// demands CRLF can say so instead of waiting for ever. Memory is bounded by the limit of each call. Bytes that nobody gets to see,
/// of a line too long or one that never came to its end, are overwritten: they may be half a password. Used by one session.
/// </summary>
public sealed class LineReader
{
    private const int LongestFirstWord = 64;

    private readonly WireConnection _wire;
    private SequencePosition _next;

    /// <summary>Reads from <paramref name="wire"/>, whatever its transport is at each call.</summary>
    public LineReader(WireConnection wire) => _wire = wire;

    /// <summary>The line without its end; valid until <see cref="Advance"/>.</summary>
    public ReadOnlySequence<byte> Line { get; private set; }

    /// <summary>True when the line ended in CRLF, false when in LF alone.</summary>
    public bool EndsInCrlf { get; private set; }

    /// <summary>True when bytes were already there behind the line.</summary>
    public bool HasMore { get; private set; }

    /// <summary>True when another whole line was already there: replies can wait for it (RFC 2920 §3.2).</summary>
    public bool HasAnotherLine { get; private set; }

    /// <summary>Of a line that was thrown away, its last byte before its end: who knows the grammar may have to know what it announced.</summary>
    public byte LastThrownAway { get; private set; }

    /// <summary>Of a line that was thrown away, its first word, by which an answer may name it; empty when it was longer than 64 bytes.</summary>
    public string FirstWordThrownAway { get; private set; } = "";

    /// <summary>
    /// Waits for a line of at most <paramref name="limit"/> bytes, its end not counted. On <see cref="LineStatus.Line"/> the
    /// caller turns <see cref="Line"/> into a value of its own and calls <see cref="Advance"/>.
    /// </summary>
    /// <param name="limit">The most bytes.</param>
    /// <param name="stoppable">Whether a wish to stop ends the wait.</param>
    /// <param name="wakeable">Whether <see cref="WireConnection.Wake"/> ends the wait; never while a long line is thrown away.</param>
    public async ValueTask<LineStatus> ReadAsync(int limit, bool stoppable = true, bool wakeable = false)
    {
        var skipping = false;
        while (true)
        {
            var read = await _wire.ReadAsync(stoppable, wakeable && !skipping);
            if (read.Status == WireStatus.Woken) return LineStatus.Woken; // what came of the line is still wanted
            if (read.Status != WireStatus.Ok)
            {
                _wire.WipeUnread();
                return ToLineStatus(read.Status);
            }

            if (TryTake(read.Buffer, limit, skipping, out var status))
            {
                if (status == LineStatus.TooLong) WipeAndAdvance();
                return status;
            }

            // A CR at the limit may still be the end of a line that fits.
            if (skipping || read.Buffer.Length > limit + 1)
            {
                if (!skipping) NoteFirstWord(read.Buffer);
                skipping = true;
                NoteThrownAway(read.Buffer);
                WireConnection.Wipe(read.Buffer);
                _wire.AdvanceTo(read.Buffer.End);
            }
            else
            {
                _wire.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }

            if (!read.IsCompleted) continue;
            _wire.WipeUnread();
            return LineStatus.Closed;
        }
    }

    /// <summary>Overwrites a line that held a secret, and gives its bytes back: their next tenant must not find it.</summary>
    public void WipeAndAdvance()
    {
        WireConnection.Wipe(Line);
        Advance();
    }

    /// <summary>Gives the line's bytes back. Nothing of <see cref="Line"/> may be used afterwards.</summary>
    public void Advance()
    {
        Line = default;
        _wire.AdvanceTo(_next);
    }

    private bool TryTake(in ReadOnlySequence<byte> buffer, int limit, bool skipping, out LineStatus status)
    {
        status = LineStatus.Line;
        var end = buffer.PositionOf((byte)'\n');
        if (end is null) return false;

        var line = buffer.Slice(0, end.Value);
        _next = buffer.GetPosition(1, end.Value);
        var rest = buffer.Slice(_next);
        HasMore = !rest.IsEmpty;
        HasAnotherLine = HasMore && rest.PositionOf((byte)'\n') is not null;
        EndsInCrlf = line.Length > 0 && LastByte(line) == '\r';
        if (EndsInCrlf) line = line.Slice(0, line.Length - 1);
        Line = line;
        if (!skipping && line.Length <= limit) return true;
        status = LineStatus.TooLong;
        if (!skipping) NoteFirstWord(line);
        NoteThrownAway(line);
        return true;
    }

    private void NoteFirstWord(in ReadOnlySequence<byte> start)
    {
        var end = start.Slice(0, Math.Min(start.Length, LongestFirstWord + 1)).PositionOf((byte)' ');
        FirstWordThrownAway = end is null ? "" : Encoding.Latin1.GetString(start.Slice(0, end.Value));
    }

    // A CR may be half of the line's end, so that the byte before it counts.
    private void NoteThrownAway(in ReadOnlySequence<byte> piece)
    {
        if (piece.IsEmpty) return;
        if (LastByte(piece) != '\r') LastThrownAway = LastByte(piece);
        else if (piece.Length > 1) LastThrownAway = LastByte(piece.Slice(0, piece.Length - 1));
    }

    private static byte LastByte(in ReadOnlySequence<byte> line) => line.Slice(line.Length - 1).FirstSpan[0];

    private static LineStatus ToLineStatus(WireStatus status) => status switch
    {
        WireStatus.TimedOut => LineStatus.TimedOut,
        WireStatus.Stopping => LineStatus.Stopping,
        _ => LineStatus.Closed,
    };
}
