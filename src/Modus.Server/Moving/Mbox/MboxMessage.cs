using System.Security.Cryptography;
using System.Text;

namespace Modus.Server.Moving.Mbox;

/// <summary>
/// A message on its way into an mbox file: lines end with LF, and lines that begin with From, quoted or not, are quoted once more
/// (mboxrd). Disposing it before it was ended takes it back. Not thread-safe.
/// </summary>
internal sealed class MboxMessage(FileStream file, DateTimeOffset date, string fields) : IExportMessage
{
    private const int LongestSender = 320; // 64 + 1 + 255 (RFC 5321 §4.5.3.1)

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _start = file.Position;
    private readonly MemoryStream _out = new();
    private int _matched; // signs of "From " at the start of the line that are held back; -1 within a line
    private bool _heldReturn;
    private byte _last = (byte)'\n';
    private bool _isEnded;

    public long Length { get; private set; }

    public byte[] Sha256() => _hash.GetCurrentHash();

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        if (Length == 0) _out.Write(Encoding.ASCII.GetBytes(FromLine.Write(SenderOf(bytes.Span), date) + fields));
        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
        foreach (var sign in bytes.Span) Take(sign);
        await file.WriteAsync(_out.GetBuffer().AsMemory(0, (int)_out.Length), cancellationToken);
        _out.SetLength(0);
    }

    /// <summary>Ends it with the empty line that divides messages.</summary>
    public void End()
    {
        if (_heldReturn) Put((byte)'\r');
        _out.Write("From "u8[..Math.Max(0, _matched)]);
        if (_matched > 0) _last = (byte)' ';
        if (_last != '\n') _out.WriteByte((byte)'\n');
        _out.WriteByte((byte)'\n');
        file.Write(_out.GetBuffer().AsSpan(0, (int)_out.Length));
        _isEnded = true;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _out.Dispose();
        if (_isEnded || !file.CanWrite) return;
        file.SetLength(_start);
        file.Position = _start;
    }

    private void Take(byte sign)
    {
        if (_heldReturn && sign != '\n') Put((byte)'\r');
        _heldReturn = sign == '\r';
        if (!_heldReturn) Put(sign);
    }

    // Where a line of the message begins, one > more before From quotes it, wherever among the others it stands.
    private void Put(byte sign)
    {
        if (_matched >= 0)
        {
            if (sign == "From "u8[_matched])
            {
                if (++_matched < 5) return;
                _out.Write(">From "u8);
                (_matched, _last) = (-1, sign);
                return;
            }

            _out.Write("From "u8[.._matched]);
            if (_matched > 0 || sign != '>') _matched = -1;
        }

        _out.WriteByte(sign);
        _last = sign;
        if (sign == '\n') _matched = 0;
    }

    // Return-Path, which stands first in what was delivered here.
    private static string SenderOf(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("Return-Path: <"u8)) return "MAILER-DAEMON";
        var rest = start[14..];
        var end = rest[..Math.Min(rest.Length, LongestSender)].IndexOf((byte)'>');
        return end > 0 && !rest[..end].ContainsAnyExceptInRange((byte)'!', (byte)'~') ? Encoding.ASCII.GetString(rest[..end]) : "MAILER-DAEMON";
    }
}
