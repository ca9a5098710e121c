using System.Buffers;
using System.Buffers.Text;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Pop3.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Reencoding;

/// <summary>
/// A message by a plan, read and written stretch by stretch; memory is bounded by the longest header section. Its length is
/// known only when it is over.
/// </summary>
internal sealed class ReencodedBody(IContentReader content, IReadOnlyList<Stretch> plan, int? bodyLines, Action<long> onSent) : IPop3Body
{
    private const int EncodedLine = 57; // bytes that make 76 characters (RFC 2045 §6.8)
    private const int ChunkSize = 256 * EncodedLine;

    private readonly ArrayBufferWriter<byte> _made = new(2 * ChunkSize);
    private DotStuffer _stuffer = new();
    private MessageScanner _top = new(bodyLines ?? 0);
    private bool _endsInCr;
    private bool _isBehindBase64;
    private long _sent;

    private bool IsOver => bodyLines is not null && _top.IsComplete;

    public async ValueTask<bool> WriteAsync(Pop3Output output, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            foreach (var stretch in plan)
            {
                if (IsOver) break;
                if (!await WriteAsync(stretch, buffer, output, cancellationToken)) return false;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!_stuffer.EndsInCrlf) output.Write("\r\n"u8);
        onSent(_sent);
        return true;
    }

    public ValueTask DisposeAsync() => content.DisposeAsync();

    private async ValueTask<bool> WriteAsync(Stretch stretch, byte[] buffer, Pop3Output output, CancellationToken cancellationToken)
    {
        if (stretch.Use is StretchUse.HeaderToBase64 or StretchUse.HeaderTo8Bit)
            return await WriteHeaderAsync(stretch, output, cancellationToken);

        for (var at = stretch.Start; at < stretch.End && !IsOver;)
        {
            // Whole lines of base64, but for the last one.
            var read = await ReadAsync(at, buffer.AsMemory(0, (int)Math.Min(ChunkSize, stretch.End - at)), cancellationToken);
            if (stretch.Use == StretchUse.Base64) Encode(buffer.AsSpan(0, read), isFirst: at == stretch.Start);
            else Copy(buffer.AsSpan(0, read));
            at += read;
            if (!await SendAsync(output)) return false;
        }

        _isBehindBase64 = stretch.Use == StretchUse.Base64 && stretch.End > stretch.Start;
        _endsInCr = false;
        return true;
    }

    private async ValueTask<bool> WriteHeaderAsync(Stretch stretch, Pop3Output output, CancellationToken cancellationToken)
    {
        var length = (int)(stretch.End - stretch.Start);
        var section = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await ReadAsync(stretch.Start, section.AsMemory(0, length), cancellationToken);
            ReadOnlySpan<byte> encoding = stretch.Use == StretchUse.HeaderToBase64 ? "base64"u8 : "8bit"u8;
            TransferEncodingHeader.Rewrite(section.AsSpan(0, length), encoding, stretch.IsMessage, _made);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(section);
        }

        _isBehindBase64 = false;
        return await SendAsync(output);
    }

    private async ValueTask<int> ReadAsync(long at, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < buffer.Length;)
        {
            var read = await content.ReadAsync(at + filled, buffer[filled..], cancellationToken);
            if (read == 0) throw new InvalidDataException($"The content ends at {at + filled} bytes, before its message does.");
            filled += read;
        }

        return buffer.Length;
    }

    private void Encode(ReadOnlySpan<byte> bytes, bool isFirst)
    {
        while (!bytes.IsEmpty)
        {
            if (!isFirst) _made.Write("\r\n"u8);
            isFirst = false;
            var line = bytes[..Math.Min(EncodedLine, bytes.Length)];
            Base64.EncodeToUtf8(line, _made.GetSpan(Base64.GetMaxEncodedToUtf8Length(line.Length)), out _, out var written);
            _made.Advance(written);
            bytes = bytes[line.Length..];
        }
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        // The boundary behind a body stands on a line of its own, whatever was in front of it.
        if (_isBehindBase64 && bytes[0] is not ((byte)'\r' or (byte)'\n')) _made.Write("\r\n"u8);
        _isBehindBase64 = false;
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var run = end < 0 ? bytes : bytes[..end];
            _made.Write(run);
            if (!run.IsEmpty) _endsInCr = run[^1] == '\r';
            if (end < 0) return;
            _made.Write(_endsInCr ? "\n"u8 : "\r\n"u8);
            _endsInCr = false;
            bytes = bytes[(end + 1)..];
        }
    }

    // Sends what was made, as far as it is asked for.
    private async ValueTask<bool> SendAsync(Pop3Output output)
    {
        var bytes = _made.WrittenMemory;
        if (bodyLines is not null)
        {
            var before = _top.Length;
            _top.Scan(bytes.Span);
            bytes = bytes[..(int)(_top.Length - before)];
        }

        _sent += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var memory = output.GetMemory(ChunkSize);
            var count = Math.Min(bytes.Length, memory.Length);
            bytes.Span[..count].CopyTo(memory.Span);
            output.Advance(_stuffer.Stuff(memory.Span, count, out var used));
            bytes = bytes[used..];
            if (!await output.FlushIfFullAsync()) return false;
        }

        _made.ResetWrittenCount();
        return true;
    }
}
