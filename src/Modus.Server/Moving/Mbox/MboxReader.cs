using System.Runtime.CompilerServices;

namespace Modus.Server.Moving.Mbox;

/// <param name="Start">Where its content begins in the file.</param>
/// <param name="End">Where it ends, without the empty line behind it.</param>
/// <param name="Date">What its From line says.</param>
/// <param name="Header">What programs wrote into its header.</param>
/// <param name="IsQuoted">True when lines that begin with From are quoted: its length was not known otherwise.</param>
internal sealed record MboxEntry(long Start, long End, DateTimeOffset Date, MboxHeader Header, bool IsQuoted);

/// <summary>
/// Finds the messages of an mbox file: mboxrd and mboxo, where an empty line and a From line divide them, and mboxcl2, where
/// Content-Length says how long a body is. That is believed only when a From line or the end of the file stands behind it.
/// </summary>
/// <param name="file">The file; it is moved about.</param>
internal sealed class MboxReader(Stream file)
{
    private readonly LinePieces _lines = new(file);
    private bool _isAfterBlank = true;

    public async IAsyncEnumerable<MboxEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        DateTimeOffset? date = null;
        while (await _lines.ReadAsync(cancellationToken) is { } piece)
        {
            if (!IsFrom(piece, out var found)) continue;
            date = found;
            break;
        }

        while (date is { } begun)
        {
            var (entry, next) = await ReadOneAsync(begun, cancellationToken);
            yield return entry;
            date = next;
        }
    }

    /// <summary>True when the file begins as an mbox file does, or is empty.</summary>
    public static async ValueTask<bool> IsMboxAsync(Stream file, CancellationToken cancellationToken)
    {
        var first = await new LinePieces(file).ReadAsync(cancellationToken);
        return first is not { } piece || FromLine.TryRead(piece.Bytes.Span, out _);
    }

    // Reads to behind the next From line, whose date it gives.
    private async ValueTask<(MboxEntry Entry, DateTimeOffset? Next)> ReadOneAsync(DateTimeOffset date, CancellationToken cancellationToken)
    {
        var header = new MboxHeader();
        var (start, end, body) = await ReadHeaderAsync(header, cancellationToken);
        if (body is { } from && header.ContentLength is { } length && await IsEndAsync(from, length, cancellationToken))
        {
            _lines.MoveTo(from + length);
            (_, var behind) = await FindFromAsync(from + length, cancellationToken);
            return (new MboxEntry(start, from + length, date, header, IsQuoted: false), behind);
        }

        (end, var next) = body is null ? (end, null) : await FindFromAsync(body.Value, cancellationToken);
        return (new MboxEntry(start, end, date, header, IsQuoted: true), next);
    }

    // Body is null when the file ends within the header.
    private async ValueTask<(long Start, long End, long? Body)> ReadHeaderAsync(MboxHeader header, CancellationToken cancellationToken)
    {
        long? start = null;
        long end = file.Length;
        while (await _lines.ReadAsync(cancellationToken) is { } piece)
        {
            start ??= piece.Offset;
            end = piece.Offset + piece.Bytes.Length;
            if (piece.IsBlank) return (start.Value, end, end);
            if (piece.IsStart) header.Read(piece.Bytes.Span);
        }

        return (start ?? end, end, null);
    }

    // From the start of a body: where it ends, and the date of the From line behind it.
    private async ValueTask<(long End, DateTimeOffset? Next)> FindFromAsync(long body, CancellationToken cancellationToken)
    {
        var end = body;
        long? blank = null;
        _isAfterBlank = true; // the line that ends the header
        while (await _lines.ReadAsync(cancellationToken) is { } piece)
        {
            if (IsFrom(piece, out var date)) return (blank ?? end, date);
            end = piece.Offset + piece.Bytes.Length;
            blank = piece.IsBlank ? piece.Offset : null;
            _isAfterBlank = piece.IsBlank;
        }

        return (blank ?? end, null);
    }

    private bool IsFrom(LinePiece piece, out DateTimeOffset date)
    {
        date = default;
        return _isAfterBlank && piece.IsStart && FromLine.TryRead(piece.Bytes.Span, out date);
    }

    private async ValueTask<bool> IsEndAsync(long body, long length, CancellationToken cancellationToken)
    {
        if (length > file.Length - body) return false;
        var isEnd = await IsFromOrEndAsync(body + length, cancellationToken);
        if (!isEnd) _lines.MoveTo(body);
        return isEnd;
    }

    private async ValueTask<bool> IsFromOrEndAsync(long offset, CancellationToken cancellationToken)
    {
        const int mostBlanks = 2; // one divides; some programs write two
        _lines.MoveTo(offset);
        for (var blanks = 0; blanks <= mostBlanks; blanks++)
        {
            if (await _lines.ReadAsync(cancellationToken) is not { } piece) return true;
            if (!piece.IsBlank) return FromLine.TryRead(piece.Bytes.Span, out _);
        }

        return false;
    }
}
