using System.Security.Cryptography;

namespace Modus.Server.Moving;

/// <summary>A message on its way into a Maildir: a file in <c>tmp</c>. Disposing it before it was moved forgets it.</summary>
internal sealed class MaildirMessage : IExportMessage
{
    private readonly string _path;
    private readonly FileStream _file;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte _last;
    private bool _isMoved;

    public MaildirMessage(string path)
    {
        _path = path;
        File.Delete(path); // of an export that was broken off
        _file = new FileStream(path, MaildirFolder.NewFile);
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>What they would be with CRLF at the end of each line.</summary>
    public long LengthWithCrLf { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty) return;
        await _file.WriteAsync(bytes, cancellationToken);
        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
        LengthWithCrLf += bytes.Length + LoneLineFeeds(bytes.Span, _last);
        _last = bytes.Span[^1];
    }

    public byte[] Sha256() => _hash.GetCurrentHash();

    /// <summary>Moves it to its place after its bytes are on the disk.</summary>
    public void MoveTo(string path, DateTimeOffset date)
    {
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        File.SetLastWriteTimeUtc(_path, date.UtcDateTime);
        File.Move(_path, path);
        _isMoved = true;
    }

    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
        if (!_isMoved) File.Delete(_path);
    }

    private static int LoneLineFeeds(ReadOnlySpan<byte> bytes, byte last)
    {
        var count = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '\n' && last != '\r') count++;
            last = bytes[i];
        }

        return count;
    }
}
