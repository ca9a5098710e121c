using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// A message on its way in. Up to a threshold it waits in pooled blocks; beyond, it goes to a segment of its own while it
/// arrives, so that it costs a bounded amount of memory however long it is. Hashed as it comes.
/// </summary>
internal sealed class ContentDraft(SegmentFolder folder, Disk disk, StoreHealth health, int spillThreshold) : IContentWriter
{
    private const int BlockSize = 16 * 1024;  // the size of Kestrel's blocks as the host sets them
    private const int SpillAtLeast = 64 * 1024; // one write for so much once spilling has begun

    private readonly IncrementalHash _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly XxHash3 _checksum = new();
    private readonly List<(byte[] Bytes, int Used)> _blocks = [];
    private SafeFileHandle? _file;
    private long _segment;
    private long _spilled;
    private byte[]? _digest;
    private bool _stored;
    private bool _broken;

    public long Length { get; private set; }

    /// <summary>True when the content has a segment of its own.</summary>
    public bool IsSpilled => _file is not null;

    public ulong Checksum => _checksum.GetCurrentHashAsUInt64();

    /// <summary>SHA-256; there after <see cref="SealAsync"/>.</summary>
    public byte[] Sha256 => _digest ?? throw new InvalidOperationException("the content is not complete");

    /// <summary>What waits in memory, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Blocks => _blocks.Select(static block => (ReadOnlyMemory<byte>)block.Bytes.AsMemory(0, block.Used));

    public ReadOnlyMemory<byte> Prefix { get; set; }

    public Stream OpenWritten() => throw new NotSupportedException();

    public void Advance(int count)
    {
        var (bytes, used) = _blocks[^1];
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, bytes.Length - used);
        var written = bytes.AsSpan(used, count);
        _sha256.AppendData(written);
        _checksum.Append(written);
        _blocks[^1] = (bytes, used + count);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_digest is not null) throw new InvalidOperationException("the content is complete");
        sizeHint = Math.Max(sizeHint, 1);
        if (_blocks.Count == 0 || _blocks[^1].Bytes.Length - _blocks[^1].Used < sizeHint)
            _blocks.Add((ArrayPool<byte>.Shared.Rent(Math.Max(BlockSize, sizeHint)), 0));
        var (bytes, used) = _blocks[^1];
        return bytes.AsMemory(used);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public async ValueTask<StoreOutcome> FlushAsync(CancellationToken cancellationToken)
    {
        var waiting = Length - _spilled;
        if (waiting <= (IsSpilled ? SpillAtLeast : spillThreshold)) return _broken ? StoreOutcome.NoSpace : StoreOutcome.Done;
        return await SpillAsync(cancellationToken);
    }

    /// <summary>Ends the writing and computes the hash.</summary>
    /// <returns>False when the content is broken for want of space.</returns>
    public async ValueTask<bool> SealAsync(CancellationToken cancellationToken)
    {
        if (_digest is not null) throw new InvalidOperationException("the content was committed before");
        if (_broken) return false;
        if (Length - _spilled > 0 && (IsSpilled || Length > spillThreshold)
            && await SpillAsync(cancellationToken) != StoreOutcome.Done)
            return false;
        _digest = _sha256.GetHashAndReset();
        return true;
    }

    /// <summary>Makes spilled content durable under its id. Blocks while the disk works.</summary>
    /// <returns>Where it is; null when there was no room.</returns>
    public ContentPlace? Store(long content)
    {
        var header = new RecordHeader(content, Length, Checksum);
        var bytes = new byte[RecordHeader.Size];
        header.Write(bytes);
        try
        {
            disk.Write(_file!, [bytes], 0);
        }
        catch (IOException e) when (Disk.IsNoSpace(e))
        {
            return null;
        }

        try
        {
            disk.Sync(_file!);
            folder.SyncNames();
        }
        catch (IOException e)
        {
            health.Fail(e);
            throw health.Refusal();
        }

        return new ContentPlace(_segment, 0, header);
    }

    /// <summary>The rows were committed: a spilled file is the store's from now on.</summary>
    public void Stored() => _stored = true;

    /// <summary>The content again, from its start, for parsing. Valid until the draft is disposed.</summary>
    public Stream OpenRead() => new DraftStream(_file, _blocks, Length);

    public ValueTask DisposeAsync()
    {
        _sha256.Dispose();
        ReturnBlocks();
        _file?.Dispose();
        if (_segment != 0 && !_stored && !health.HasFailed) folder.Drop(_segment);
        _segment = 0;
        return ValueTask.CompletedTask;
    }

    private async ValueTask<StoreOutcome> SpillAsync(CancellationToken cancellationToken)
    {
        health.ThrowIfFailed();
        if (_broken) return StoreOutcome.NoSpace;
        try
        {
            if (_file is null) (_segment, _file) = folder.Create();
            await disk.WriteAsync(_file, [.. Blocks], RecordHeader.Size + _spilled, cancellationToken);
        }
        catch (IOException e) when (Disk.IsNoSpace(e))
        {
            _broken = true;
            ReturnBlocks();
            return StoreOutcome.NoSpace;
        }

        _spilled = Length;
        ReturnBlocks();
        return StoreOutcome.Done;
    }

    private void ReturnBlocks()
    {
        foreach (var (bytes, _) in _blocks) ArrayPool<byte>.Shared.Return(bytes);
        _blocks.Clear();
    }
}
