using System.Security.Cryptography;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>Takes bytes for a SHA-256 in pieces of any size, a limited number if wanted. Not thread-safe.</summary>
internal sealed class HashInput : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _staged = new byte[2048]; // small pieces go to the hash together: each call of it costs as much as 100 bytes
    private int _count;

    /// <summary>How many bytes count; what comes after them is only counted.</summary>
    public long Limit { get; init; } = long.MaxValue;

    /// <summary>Bytes that came.</summary>
    public long Length { get; private set; }

    public void Append(byte value)
    {
        if (Length++ >= Limit) return;
        if (_count == _staged.Length) Flush();
        _staged[_count++] = value;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var counted = bytes[..(int)Math.Min(bytes.Length, Math.Max(0, Limit - Length))];
        Length += bytes.Length;
        if (counted.Length > _staged.Length - _count) Flush();
        if (counted.Length > _staged.Length)
        {
            _hash.AppendData(counted);
            return;
        }

        counted.CopyTo(_staged.AsSpan(_count));
        _count += counted.Length;
    }

    /// <summary>The hash; the next byte begins a new one.</summary>
    public byte[] Finish()
    {
        Flush();
        Length = 0;
        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();

    private void Flush()
    {
        if (_count > 0) _hash.AppendData(_staged.AsSpan(0, _count));
        _count = 0;
    }
}
