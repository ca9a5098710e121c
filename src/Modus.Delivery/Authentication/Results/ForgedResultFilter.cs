using System.Buffers;

namespace Modus.Delivery.Authentication.Results;

/// <summary>
/// Passes a message on and leaves out the Authentication-Results fields that claim to be this server's own, which RFC 8601 §5 asks for:
/// programs believe them. Every other byte passes as it is. What is undecided of one field is all that waits here. Not thread-safe.
/// </summary>
internal sealed class ForgedResultFilter(IBufferWriter<byte> target, string authservId) : IBufferWriter<byte>
{
    private const int MaxUndecided = 4 << 10; // far more than stands before the name of a server, unless somebody wants to hide it

    private readonly ArrayBufferWriter<byte> _field = new(256); // a field that may be one, from its start
    private byte[] _given = [];
    private State _state = State.LineStart;
    private State _previous = State.Pass; // what became of the field that a line may go on
    private bool _lineIsEmpty;

    private enum State
    {
        LineStart,
        Name,
        Value,
        Pass,
        Drop,
        Body,
    }

    private static ReadOnlySpan<byte> FieldName => "authentication-results"u8;

    /// <summary>How many fields were left out.</summary>
    public int Dropped { get; private set; }

    public void Advance(int count)
    {
        if (_state == State.Body && _given.Length == 0) target.Advance(count);
        else Filter(_given.AsSpan(0, count));
        if (_state == State.Body) _given = [];
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_state == State.Body) return target.GetMemory(sizeHint);
        if (_given.Length < Math.Max(sizeHint, 1)) _given = new byte[Math.Max(sizeHint, MaxUndecided)];
        return _given;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Ends the message: what is undecided is decided.</summary>
    public void Finish()
    {
        if (_state is State.Value or State.Name || (_state == State.LineStart && _previous == State.Value)) Decide();
    }

    private void Filter(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_state == State.Body)
            {
                target.Write(bytes);
                return;
            }

            // A line, or what there is of it.
            var end = bytes.IndexOf((byte)'\n');
            var line = end < 0 ? bytes : bytes[..(end + 1)];
            bytes = bytes[line.Length..];
            if (_state == State.LineStart) BeginLine(line[0]);
            Take(line);
            if (end < 0) continue;
            if (_lineIsEmpty) _state = State.Body;
            else EndLine();
        }
    }

    private void BeginLine(byte first)
    {
        _lineIsEmpty = first is (byte)'\r' or (byte)'\n';
        if (first is (byte)' ' or (byte)'\t')
        {
            _state = _previous;
            return;
        }

        if (_previous == State.Value) Decide();
        _state = _lineIsEmpty ? State.Pass : State.Name;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        if (_lineIsEmpty && line.ContainsAnyExcept((byte)'\r', (byte)'\n')) _lineIsEmpty = false;
        switch (_state)
        {
            case State.Pass:
                target.Write(line);
                break;
            case State.Name or State.Value:
                _field.Write(line);
                if (_state == State.Name) Compare();
                if (_state == State.Value && _field.WrittenCount > MaxUndecided) Decide();
                break;
        }
    }

    private void EndLine()
    {
        if (_state == State.Name) Release(); // a line without a colon
        _previous = _state;
        _state = State.LineStart;
    }

    // Name: the field is one of these as long as its first bytes are.
    private void Compare()
    {
        var start = _field.WrittenSpan;
        var length = Math.Min(start.Length, FieldName.Length);
        if (!System.Text.Ascii.EqualsIgnoreCase(start[..length], FieldName[..length]))
        {
            Release();
            return;
        }

        var behind = start[length..].TrimStart(" \t"u8);
        if (behind.IsEmpty) return;
        if (behind[0] == ':') _state = State.Value;
        else Release();
    }

    private void Release()
    {
        target.Write(_field.WrittenSpan);
        _field.ResetWrittenCount();
        _state = State.Pass;
    }

    private void Decide()
    {
        var field = _field.WrittenSpan;
        var isOurs = AuthservId.Read(field[(field.IndexOf((byte)':') + 1)..], out var isWhole) is { } id
            && id.Equals(authservId, StringComparison.OrdinalIgnoreCase);
        if (!isOurs && (isWhole || field.Length <= MaxUndecided))
        {
            Release();
            _previous = State.Pass;
            return;
        }

        _field.ResetWrittenCount();
        Dropped++;
        _state = _previous = State.Drop;
    }
}
