using System.Buffers;
using Modus.Storage;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>
/// Walks through a piece of content that is filtered: two chunks of memory, whatever its length. A literal's length stands in front of
/// it, so a section is walked twice, first to measure it.
/// </summary>
internal sealed class FilteredContent : IDisposable
{
    private readonly IContentReader _content;
    private readonly ISectionFilter _filter;
    private readonly byte[] _source = ArrayPool<byte>.Shared.Rent(FetchLimits.Chunk);
    private readonly byte[] _filtered = ArrayPool<byte>.Shared.Rent(FetchLimits.Chunk + ISectionFilter.MaxGrowth);
    private readonly long _end;
    private long _offset;
    private int _tail; // bytes at the start of _source that the filter left
    private bool _isOver;

    public FilteredContent(IContentReader content, SectionPlace place, ISectionFilter filter)
    {
        _content = content;
        _filter = filter;
        _offset = place.Offset;
        _end = place.Offset + place.Length;
    }

    /// <summary>The next bytes; empty at the end. Valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The stored bytes are damaged.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (!_isOver)
        {
            var wanted = (int)Math.Min(FetchLimits.Chunk - _tail, _end - _offset);
            var read = wanted == 0 ? 0 : await _content.ReadAsync(_offset, _source.AsMemory(_tail, wanted), cancellationToken);
            if (read == 0 && wanted > 0) throw new InvalidDataException($"The content ends at {_offset} of {_end} bytes.");
            _offset += read;
            _isOver = _offset == _end;
            var written = Filter(_tail + read);
            if (written > 0) return _filtered.AsMemory(0, written);
        }

        return default;
    }

    /// <summary>The length of the piece that <paramref name="partial"/> asks for, or of all, and whether it holds a NUL.</summary>
    public async ValueTask<(long Length, bool HasNul)> MeasureAsync(Partial? partial, CancellationToken cancellationToken)
    {
        var window = new OctetWindow(partial);
        var hasNul = false;
        while (!window.IsOver && await ReadAsync(cancellationToken) is { IsEmpty: false } chunk)
            hasNul |= window.Take(chunk.Span).Contains((byte)0);
        return (window.Taken, hasNul);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_source);
        ArrayPool<byte>.Shared.Return(_filtered);
    }

    private int Filter(int count)
    {
        var written = _filter.Apply(_source.AsSpan(0, count), _isOver, _filtered, out var consumed);
        _tail = count - consumed;
        _source.AsSpan(consumed, _tail).CopyTo(_source);
        return written;
    }
}

/// <summary>Cuts a piece out of chunks that come one after the other.</summary>
internal struct OctetWindow(Partial? partial)
{
    private long _toSkip = partial?.First ?? 0;
    private long _toTake = partial?.Count ?? long.MaxValue;

    public long Taken { get; private set; }

    public readonly bool IsOver => _toTake == 0;

    public ReadOnlySpan<byte> Take(ReadOnlySpan<byte> chunk)
    {
        var skipped = (int)Math.Min(_toSkip, chunk.Length);
        _toSkip -= skipped;
        var taken = (int)Math.Min(_toTake, chunk.Length - skipped);
        _toTake -= taken;
        Taken += taken;
        return chunk.Slice(skipped, taken);
    }
}
