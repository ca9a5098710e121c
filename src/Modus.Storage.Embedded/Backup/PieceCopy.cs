using System.Buffers;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>What was read or written.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">In lower-case hex.</param>
internal readonly record struct PieceSum(long Length, string Sha256);

/// <summary>Reads, copies and writes files in pieces of at most a megabyte, hashed on the way. What was written is for its owner alone, and synced.</summary>
internal sealed class PieceCopy(Disk disk)
{
    public const int PieceSize = 1024 * 1024;

    /// <summary>Copies the first <paramref name="length"/> bytes, or what there is of them.</summary>
    /// <param name="source">What to read.</param>
    /// <param name="target">Made, or written over.</param>
    /// <param name="length">How much at most.</param>
    /// <param name="moved">Hears of each piece.</param>
    /// <param name="cancellationToken">Gives up between two pieces.</param>
    public PieceSum Copy(string source, string target, long length, Action<int> moved, CancellationToken cancellationToken)
    {
        using var to = Create(target);
        var sum = Read(source, length, (piece, at) => disk.Write(to, [piece], at), moved, cancellationToken);
        disk.Sync(to);
        return sum;
    }

    /// <summary>The sum of a file's first <paramref name="length"/> bytes, or of what there is of them.</summary>
    public static PieceSum Sum(string source, long length, Action<int> moved, CancellationToken cancellationToken) =>
        Read(source, length, static (_, _) => { }, moved, cancellationToken);

    public void Write(string target, ReadOnlyMemory<byte> bytes)
    {
        using var to = Create(target);
        disk.Write(to, [bytes], 0);
        disk.Sync(to);
    }

    private static SafeFileHandle Create(string target)
    {
        using (new FileStream(target, StoreFolder.Private(FileMode.Create, FileAccess.Write, FileShare.None)))
        {
            // Made for its owner alone.
        }

        return File.OpenHandle(target, FileMode.Open, FileAccess.Write, FileShare.None);
    }

    private static PieceSum Read(
        string source, long length, Action<ReadOnlyMemory<byte>, long> take, Action<int> moved, CancellationToken cancellationToken)
    {
        using var from = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            var at = 0L;
            while (at < length)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(from, buffer.AsSpan(0, (int)Math.Min(PieceSize, length - at)), at);
                if (read == 0) break;
                sha256.AppendData(buffer, 0, read);
                take(buffer.AsMemory(0, read), at);
                at += read;
                moved(read);
            }

            return new PieceSum(at, Convert.ToHexStringLower(sha256.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true); // keys go through it too
        }
    }
}
