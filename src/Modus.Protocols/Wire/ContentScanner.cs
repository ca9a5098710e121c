using System.Buffers;

namespace Modus.Protocols.Wire;

/// <summary>What was wrong with the lines of a message.</summary>
[Flags]
public enum ContentFaults
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A CR without LF.</summary>
    BareCr = 1,

    /// <summary>An LF without CR.</summary>
    BareLf = 2,

    /// <summary>A NUL.</summary>
    Nul = 4,

    /// <summary>A line longer than the limit.</summary>
    LongLine = 8,
}

/// <summary>
/// Takes message content off the wire: undoes dot-stuffing (RFC 5321 §4.5.2), finds the end, and sees every bare CR, bare LF
/// and NUL on the way. Only CRLF.CRLF ends the data (RFC 5321 §4.1.1.4); anything that another server might take for it
/// is a fault of the message, which closes the door to SMTP smuggling. Keeps its state across calls, so that the data may
/// be cut anywhere. Not thread-safe.
/// </summary>
/// <param name="maxLineLength">The longest line in bytes without its end; a longer one is a fault.</param>
/// <param name="dotStuffed">True for DATA; false for BDAT, where dots mean nothing and the length ends the data.</param>
public struct ContentScanner(int maxLineLength, bool dotStuffed)
{
    private static readonly SearchValues<byte> LineBytes = SearchValues.Create("\r\n\0"u8);

    private State _state = State.LineStart;
    private long _lineLength;

    /// <summary>What was wrong so far.</summary>
    public ContentFaults Faults { get; private set; }

    /// <summary>Bytes of the message so far: without the dots that were added and the end of data (RFC 1870 §5).</summary>
    public long ContentLength { get; private set; }

    /// <summary>True once the end of data was seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>True when everything so far ended in CRLF (or nothing came).</summary>
    public readonly bool IsAtLineStart => _state == State.LineStart;

    private enum State : byte
    {
        LineStart,
        InLine,
        AfterCr,
        Dot,
        DotCr,
    }

    /// <summary>Takes bytes and writes what belongs to the message to <paramref name="output"/>.</summary>
    /// <param name="input">The next bytes from the wire.</param>
    /// <param name="output">Where the content goes; null throws it away.</param>
    /// <returns>How many bytes were used; less than all only when <see cref="IsComplete"/>.</returns>
    public int Scan(ReadOnlySpan<byte> input, IBufferWriter<byte>? output)
    {
        var position = 0;
        var runStart = 0; // the bytes from here to position belong to the message and are not yet written
        while (position < input.Length)
        {
            switch (_state)
            {
                case State.LineStart:
                    if (dotStuffed && input[position] == '.')
                    {
                        Emit(input[runStart..position], output);
                        runStart = ++position;
                        _state = State.Dot;
                        break;
                    }

                    _state = State.InLine;
                    break;

                case State.InLine:
                    position = ScanLine(input, position);
                    break;

                case State.AfterCr:
                    EndLineOrFault(input, ref position);
                    break;

                case State.Dot:
                    if (input[position] != '\r')
                    {
                        _state = State.InLine;
                        break;
                    }

                    // The CR is held back: with an LF it is the end of data, else it belongs to the line.
                    runStart = ++position;
                    _state = State.DotCr;
                    break;

                case State.DotCr:
                    if (input[position] == '\n')
                    {
                        IsComplete = true;
                        return position + 1;
                    }

                    Emit("\r"u8, output);
                    _state = State.AfterCr;
                    break;
            }
        }

        Emit(input[runStart..position], output);
        return position;
    }

    private void Emit(ReadOnlySpan<byte> content, IBufferWriter<byte>? output)
    {
        ContentLength += content.Length;
        output?.Write(content);
    }

    // The hot loop: whole lines are passed over here without touching the state.
    private int ScanLine(ReadOnlySpan<byte> input, int position)
    {
        while (true)
        {
            var found = input[position..].IndexOfAny(LineBytes);
            if (found < 0)
            {
                CountLine(input.Length - position);
                return input.Length;
            }

            CountLine(found);
            position += found;
            switch (input[position])
            {
                case (byte)'\r':
                    var next = position + 1;
                    if (next + 1 >= input.Length || input[next] != '\n' || (dotStuffed && input[next + 1] == '.'))
                    {
                        _state = State.AfterCr;
                        return next;
                    }

                    _lineLength = 0;
                    position = next + 1;
                    continue;
                case (byte)'\n':
                    Faults |= ContentFaults.BareLf;
                    break;
                default:
                    Faults |= ContentFaults.Nul;
                    break;
            }

            _lineLength++;
            if (++position == input.Length) return position;
        }
    }

    private void EndLineOrFault(ReadOnlySpan<byte> input, ref int position)
    {
        if (input[position] == '\n')
        {
            position++;
            _lineLength = 0;
            _state = State.LineStart;
            return;
        }

        Faults |= ContentFaults.BareCr;
        _lineLength++;
        _state = State.InLine;
    }

    private void CountLine(int bytes)
    {
        _lineLength += bytes;
        if (_lineLength > maxLineLength) Faults |= ContentFaults.LongLine;
    }

    /// <summary>Tells that no more comes (the last BDAT chunk): a CR at the very end is bare.</summary>
    public void Finish()
    {
        if (_state == State.AfterCr)
        {
            Faults |= ContentFaults.BareCr;
            _lineLength++;
        }

        CountLine(0); // a stray byte at the very end is part of its line, too
    }
}
