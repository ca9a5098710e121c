using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// What a segment is called in a target: <c>number-length-mark-sha256.seg</c>. The name is the content: a file appears under it only
/// when it is whole and durable, and never changes. The mark lets the next backup know a segment again without reading all of it:
/// the headers of its first records, which carry checksums of what they head, and its last bytes.
/// </summary>
internal sealed partial record SegmentName(long Id, long Length, string Mark, string Sha256)
{
    private const int MarkedRecords = 16;
    private const int MarkedTail = 4096;

    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Id:D12}-{Length}-{Mark}-{Sha256}.seg");

    /// <summary>The name that a file has; null for files that are none of ours.</summary>
    public static SegmentName? Parse(string fileName)
    {
        var match = Form().Match(fileName);
        return match.Success
            && long.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var id)
            && long.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var length)
            ? new SegmentName(id, length, match.Groups[3].Value, match.Groups[4].Value)
            : null;
    }

    /// <summary>The mark of a file's first <paramref name="length"/> bytes.</summary>
    public static string MarkOf(string path, long length)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> header = stackalloc byte[RecordHeader.Size];
        var at = 0L;
        for (var i = 0; i < MarkedRecords && at <= length - header.Length; i++)
        {
            var read = RandomAccess.Read(file, header, at);
            sha256.AppendData(header[..read]);
            if (!RecordHeader.TryRead(header[..read], out var record) || record.Length < 0 || record.Length > length - at - header.Length) break;
            at += header.Length + record.Length;
        }

        var tail = new byte[Math.Min(MarkedTail, length)];
        sha256.AppendData(tail, 0, RandomAccess.Read(file, tail, length - tail.Length));
        return Convert.ToHexStringLower(sha256.GetHashAndReset().AsSpan(0, 16));
    }

    [GeneratedRegex(@"^(\d{12,19})-(\d{1,19})-([0-9a-f]{32})-([0-9a-f]{64})\.seg$")]
    private static partial Regex Form();
}
