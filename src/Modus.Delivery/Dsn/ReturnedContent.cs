using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Modus.Mail.Envelopes;

namespace Modus.Delivery.Dsn;

/// <summary>
/// What a notice returns of the message (RFC 3461 §6.2): all of a small one that failed, else its header. It is read into one pooled
/// buffer, so a notice costs the same however large the message is. Dispose it to give the buffer back.
/// </summary>
internal sealed class ReturnedContent : IDisposable
{
    /// <summary>The largest message that is returned whole, and the most of a header; 50,000 is Postfix's bounce_size_limit.</summary>
    public const int MaxReturned = 50_000;

    private const int MaxLine = 998; // RFC 5322 §2.1.1

    private readonly byte[] _buffer;
    private int _length;

    private ReturnedContent(byte[] buffer) => _buffer = buffer;

    /// <summary>The bytes to return.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public string ContentType { get; private set; } = "";

    /// <summary>Its Content-Transfer-Encoding: 7bit, 8bit or base64.</summary>
    public string Encoding { get; private set; } = "";

    public bool IsFull { get; private set; }

    /// <summary>The Message-ID of the message with its angle brackets; null when it has none that can be quoted.</summary>
    public string? MessageId { get; private set; }

    /// <summary>Reads the message and chooses.</summary>
    /// <param name="content">The message.</param>
    /// <param name="notice">The notice.</param>
    /// <param name="eightBit">True when the way back takes 8-bit bytes.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask<ReturnedContent> ReadAsync(
        OriginalContent content, Notice notice, bool eightBit, CancellationToken cancellationToken)
    {
        var returned = new ReturnedContent(ArrayPool<byte>.Shared.Rent(MaxReturned));
        try
        {
            for (var wanted = (int)Math.Min(content.Size, MaxReturned); returned._length < wanted;)
            {
                var into = returned._buffer.AsMemory(returned._length, wanted - returned._length);
                if (await content.ReadAsync(returned._length, into, cancellationToken) is not (> 0 and var read)) break;
                returned._length += read;
            }

            returned.Choose(notice, content.Size <= MaxReturned, eightBit);
            return returned;
        }
        catch
        {
            returned.Dispose();
            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private static bool MayBeFull(Notice notice) =>
        notice.Kind == NoticeKind.Failure
        && notice.Envelope.Return != DsnReturn.Headers
        && notice.Envelope.Tls != TlsDemand.Required // RFC 8689 §5: as if RET=HDRS was given
        && notice.Envelope.Body != BodyType.BinaryMime;

    private void Choose(Notice notice, bool isWhole, bool eightBit)
    {
        var headerLength = FindHeaderEnd(Bytes);
        var header = Bytes[..headerLength];
        MessageId = FindMessageId(header);
        var isAscii = Ascii.IsValid(header);
        var isGlobal = !isAscii && Utf8.IsValid(header);

        // A message/rfc822 part may not be encoded (RFC 2046 §5.2.1), a message/global part may (RFC 6532 §3.7).
        var isPlain = Ascii.IsValid(Bytes) && IsTextOf(MaxLine, Bytes);
        IsFull = MayBeFull(notice) && isWhole && (isPlain || eightBit ? !Bytes.Contains((byte)0) : isGlobal);
        if (IsFull)
        {
            ContentType = isGlobal ? "message/global" : "message/rfc822";
            Encoding = isPlain ? "7bit" : eightBit ? "8bit" : "base64";
            return;
        }

        _length = headerLength;
        ContentType = isGlobal ? "message/global-headers" : "text/rfc822-headers";
        var fits = IsTextOf(MaxLine, Bytes);
        Encoding = isAscii && fits ? "7bit" : isGlobal && fits && eightBit ? "8bit" : "base64";
    }

    // With the CRLF of the last field, without the empty line. A header that goes on beyond the buffer is cut at a line's end.
    private static int FindHeaderEnd(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\r\n"u8)) return 0;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end >= 0) return end + 2;
        if (bytes.Length < MaxReturned) return bytes.Length;
        end = bytes.LastIndexOf("\r\n"u8);
        return end < 0 ? bytes.Length : end + 2;
    }

    private static bool IsTextOf(int maxLine, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0)) return false;
        foreach (var line in bytes.Split("\r\n"u8))
            if (line.End.Value - line.Start.Value > maxLine || bytes[line].IndexOfAny("\r\n"u8) >= 0) return false;
        return true;
    }

    // "Message-ID:" msg-id CRLF, on one line and short: it is quoted in a field of ours
    private static string? FindMessageId(ReadOnlySpan<byte> header)
    {
        const int MaxId = 250;
        foreach (var range in header.Split("\r\n"u8))
        {
            var line = header[range];
            if (line.Length < 12 || !System.Text.Ascii.EqualsIgnoreCase(line[..11], "Message-ID:"u8)) continue;
            var id = line[11..].Trim(" \t"u8);
            return id.Length is > 2 and <= MaxId && id[0] == '<' && id[^1] == '>' && id.IndexOfAnyExceptInRange((byte)'!', (byte)'~') < 0
                ? System.Text.Encoding.ASCII.GetString(id)
                : null;
        }

        return null;
    }
}
