using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Wire;

namespace Modus.Protocols.Imap.Parser;

/// <summary>
/// Brings whole commands together: lines and the literals between them, within a bound. The literals of messages are left on the wire,
/// for the command to stream. Between commands it holds no buffer. Used by one session.
/// </summary>
internal sealed class ImapCommandReader(WireConnection wire, ImapOutput output, ImapLimits limits) : IDisposable
{
    private const int BytesPerSecond = 240; // as for content in the SMTP room: no modem is slower
    private const long SkippedAtMost = 4; // times the largest message: who announces more is not listened to any longer

    private const int LongestHeader = 24; // ~{9223372036854775807+}

    private readonly LineReader _lines = new(wire);
    private byte[]? _text;
    private int _length;
    private TimeSpan? _timeLeft;
    private bool _mayBeginWithLastBlock;

    /// <summary>The command so far, without its last line end.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>True when another whole line was there already: responses can wait for it.</summary>
    public bool HasAnotherLine => _lines.HasAnotherLine;

    /// <summary>True when bytes stood behind the last line.</summary>
    public bool HasBufferedInput => _lines.HasMore;

    /// <summary>A literal that was announced at the end of <see cref="Text"/> and not yet read; null when there is none.</summary>
    public LiteralHeader? Pending { get; private set; }

    public LiteralReader Literal { get; } = new(wire, limits.LiteralTimeout, BytesPerSecond);

    /// <summary>Why the command cannot be run though its lines were read; null when it can.</summary>
    public ImapResult? Refusal { get; private set; }

    /// <summary>True when what follows on the wire is no longer understood, so that the connection has to end.</summary>
    public bool IsOutOfStep { get; private set; }

    /// <summary>Waits for a command. On Line it is in <see cref="Text"/>, up to the first literal when its verb streams them.</summary>
    /// <param name="bound">The longest command.</param>
    /// <param name="timeout">How long it may take; what a wake-up interrupts goes on with the time that is left.</param>
    /// <param name="wakeable">Whether it ends in Woken when somebody wakes the connection; what came of the line so far is kept.</param>
    public async ValueTask<LineStatus> ReadAsync(int bound, TimeSpan timeout, bool wakeable = false)
    {
        wire.Deadline.Start(DeadlineReason.Command, _timeLeft ?? timeout);
        var status = await _lines.ReadAsync(bound, stoppable: true, wakeable);
        StopWaiting(status);
        if (status == LineStatus.TooLong) NoteThrownAway();
        if (status != LineStatus.Line) return status;
        TakeLine();
        return Pending is null || StreamsLiterals() ? LineStatus.Line : await GatherAsync(bound);
    }

    /// <summary>Reads one line that is no command: the answer to a challenge, or DONE.</summary>
    /// <returns>With Line, the line as an array, the caller's to wipe.</returns>
    public async ValueTask<(LineStatus Status, byte[]? Line)> ReadPlainAsync(int bound, TimeSpan timeout, bool wakeable = false)
    {
        wire.Deadline.Start(DeadlineReason.Command, _timeLeft ?? timeout);
        var status = await _lines.ReadAsync(bound, stoppable: true, wakeable);
        StopWaiting(status);
        if (status != LineStatus.Line) return (status, null);
        var line = _lines.Line.ToArray();
        _lines.WipeAndAdvance();
        return (status, line);
    }

    /// <summary>Reads the pending literal and the line behind it into <see cref="Text"/>, and so on to the end of the command.</summary>
    /// <returns>Line, also when there is a <see cref="Refusal"/>; or that the client was lost.</returns>
    public async ValueTask<LineStatus> GatherAsync(int bound)
    {
        while (Pending is { } header)
        {
            if (header.Length > bound - _length)
            {
                await RefuseAsync(ImapResult.Bad("That command is too long.", "TOOBIG"));
                return IsOutOfStep ? LineStatus.Closed : LineStatus.Line;
            }

            if (await GatherOneAsync(bound) is var status and not LineStatus.Line) return status;
            if (Refusal is not null) return LineStatus.Line;
        }

        return LineStatus.Line;
    }

    /// <summary>Reads the pending literal, which is no message, and the line behind it into <see cref="Text"/>.</summary>
    public async ValueTask<LineStatus> GatherOneAsync(int bound)
    {
        if (Pending is null) return LineStatus.Line;
        if (!await BeginLiteralAsync()) return LineStatus.Closed;
        Append("\r\n"u8);
        while (Literal.Left > 0)
        {
            var read = await Literal.ReadAsync();
            if (read.Status != WireStatus.Ok) return ToLineStatus(read.Status);
            foreach (var piece in read.Buffer) Append(piece.Span);
            Literal.Advance();
        }

        return await ReadRestOfLineAsync(bound);
    }

    /// <summary>Gives leave for the pending literal, if the client waits for it, and begins to read it.</summary>
    public async ValueTask<bool> BeginLiteralAsync()
    {
        var header = Pending ?? throw new InvalidOperationException("there is no literal");
        Pending = null;
        if (header.IsSynchronizing)
        {
            output.Write("+ Go ahead.\r\n"u8);
            if (!await output.FlushAsync()) return false;
        }

        Literal.Begin(header.Length);
        return true;
    }

    /// <summary>Reads the line behind a literal into <see cref="Text"/>.</summary>
    public async ValueTask<LineStatus> ReadRestOfLineAsync(int bound)
    {
        wire.Deadline.Start(DeadlineReason.Command, limits.LiteralTimeout);
        var status = await _lines.ReadAsync(Math.Max(0, bound - _length), stoppable: false);
        wire.Deadline.Stop();
        if (status == LineStatus.TooLong)
        {
            NoteThrownAway();
            Refusal = ImapResult.Bad("That command is too long.", "TOOBIG");
            return LineStatus.Line;
        }

        if (status == LineStatus.Line) TakeLine();
        return status;
    }

    /// <summary>
    /// Refuses the command with its pending literal: a client that waits for leave does not send it, of another one it is thrown away
    /// together with what follows of the command (RFC 7888 §4).
    /// </summary>
    public async ValueTask RefuseAsync(ImapResult refusal)
    {
        Refusal = refusal;
        while (Pending is { IsSynchronizing: false } header)
        {
            Pending = null;
            if (header.Length > SkippedAtMost * limits.MaxMessageSize)
            {
                IsOutOfStep = true;
                return;
            }

            Literal.Begin(header.Length);
            if (!await SkipLineAsync()) return;
        }

        Pending = null;
    }

    /// <summary>Throws away what is left of a literal, and the rest of its command.</summary>
    public async ValueTask SkipAsync(ImapResult refusal)
    {
        Refusal = refusal;
        if (await SkipLineAsync()) await RefuseAsync(refusal);
    }

    /// <summary>Makes room for the next command, and leaves nothing of this one behind.</summary>
    public void Clear()
    {
        Refusal = null;
        Pending = null;
        if (_text is null) return;
        CryptographicOperations.ZeroMemory(_text.AsSpan(0, _length));
        ArrayPool<byte>.Shared.Return(_text);
        _text = null;
        _length = 0;
    }

    public void Dispose() => Clear();

    // News for the client is no sign of life of it.
    private void StopWaiting(LineStatus status)
    {
        _timeLeft = status == LineStatus.Woken ? wire.Deadline.Left : null;
        wire.Deadline.Stop();
    }

    private async ValueTask<bool> SkipLineAsync()
    {
        if (!await Literal.SkipAsync())
        {
            IsOutOfStep = true;
            return false;
        }

        wire.Deadline.Start(DeadlineReason.Command, limits.LiteralTimeout);
        var status = await _lines.ReadAsync(limits.MaxCommand, stoppable: false);
        wire.Deadline.Stop();
        if (status == LineStatus.TooLong) NoteThrownAway();
        else if (status != LineStatus.Line) IsOutOfStep = true;
        if (IsOutOfStep) return false;
        if (status == LineStatus.TooLong) return true;

        NotePending();
        _lines.WipeAndAdvance();
        return true;
    }

    // What seems to announce a literal may do so, and what the client sends for it must not be run as commands.
    private void NoteThrownAway() => IsOutOfStep |= _lines.LastThrownAway == '}';

    /// <summary>The next line may begin with the last block of what the client compressed (RFC 1951 §3.2.3): an empty one, fixed or stored.</summary>
    public void SkipEndOfCompression() => _mayBeginWithLastBlock = true;

    private void TakeLine()
    {
        var line = _lines.Line;
        if (_mayBeginWithLastBlock) line = line.Slice(LengthOfLastBlock(line));
        _mayBeginWithLastBlock = false;
        foreach (var piece in line) Append(piece.Span);
        if (!_lines.EndsInCrlf) Refusal = ImapResult.Bad("A line ends in CR and LF.");
        NotePending();
        _lines.WipeAndAdvance();
    }

    private static int LengthOfLastBlock(in ReadOnlySequence<byte> line)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(line.Length, 5)];
        line.Slice(0, start.Length).CopyTo(start);
        return start.StartsWith<byte>([1, 0, 0, 0xff, 0xff]) ? 5 : start.StartsWith<byte>([3, 0]) ? 2 : 0;
    }

    private void NotePending()
    {
        Span<byte> end = stackalloc byte[LongestHeader];
        end = end[..(int)Math.Min(LongestHeader, _lines.Line.Length)];
        _lines.Line.Slice(_lines.Line.Length - end.Length).CopyTo(end);
        Pending = _lines.EndsInCrlf && LiteralHeader.TryFindAtEnd(end, out var header) ? header : null;
    }

    private bool StreamsLiterals()
    {
        var parser = new ImapParser(Text);
        return parser.TakeTag(out _) && parser.TakeSpace() && ImapCommandTable.TryTakeVerb(ref parser, out var row)
            && row.Flags.HasFlag(ImapCommandFlags.StreamsLiterals);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_text is null || _text.Length - _length < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(256, Math.Max(_length + bytes.Length, 2 * _length)));
            if (_text is not null)
            {
                Text.CopyTo(larger);
                CryptographicOperations.ZeroMemory(_text.AsSpan(0, _length));
                ArrayPool<byte>.Shared.Return(_text);
            }

            _text = larger;
        }

        bytes.CopyTo(_text.AsSpan(_length));
        _length += bytes.Length;
    }

    private static LineStatus ToLineStatus(WireStatus status) => status == WireStatus.TimedOut ? LineStatus.TimedOut : LineStatus.Closed;

    /// <summary>The tag at the start of the command, for a response to it; "*" when there is none.</summary>
    public string ReadTag() => ReadTag(Text);

    /// <summary>The tag of a line that was too long, or *.</summary>
    public string ReadTagThrownAway() => ReadTag(Encoding.Latin1.GetBytes(_lines.FirstWordThrownAway));

    private static string ReadTag(ReadOnlySpan<byte> text)
    {
        var parser = new ImapParser(text);
        return parser.TakeTag(out var tag) && tag.Length <= 255 && Ascii.IsValid(tag) ? Encoding.ASCII.GetString(tag) : "*";
    }
}
