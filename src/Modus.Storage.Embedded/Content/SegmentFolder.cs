using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// The segment files: makes them, opens them for readers, and deletes them once no reader has them open. A segment's
/// number is never used twice. Thread-safe.
/// </summary>
internal sealed class SegmentFolder(string path, Disk disk, ILogger logger) : IDisposable
{
    private const string Extension = ".seg";
    private const int MaxIdle = 128; // handles kept open for the next reader

    private readonly Lock _gate = new();
    private readonly Dictionary<long, OpenSegment> _open = [];
    private readonly HashSet<long> _kept = []; // dropped, and not deleted while somebody copies files
    private long _last;
    private int _holds;
    private int _count;
    private bool _closed; // what a new opener of the folder has made since must not be touched

    /// <summary>How many files there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The segments on disk, with their lengths.</summary>
    public IReadOnlyDictionary<long, long> Scan()
    {
        var found = new Dictionary<long, long>();
        foreach (var file in new DirectoryInfo(path).EnumerateFiles("*" + Extension))
        {
            // Exactly the names made here: what a person put beside them is none of ours.
            if (long.TryParse(Path.GetFileNameWithoutExtension(file.Name), CultureInfo.InvariantCulture, out var id)
                && file.Name == NameOf(id)) found.Add(id, file.Length);
        }

        _count = found.Count;
        return found;
    }

    /// <summary>Segments made from now on have greater numbers than this.</summary>
    public void StartAfter(long last) => _last = Math.Max(_last, last);

    /// <summary>Makes a segment. Its name is durable only after <see cref="SyncNames"/>.</summary>
    public (long Id, SafeFileHandle File) Create()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            var id = ++_last;
            using var file = new FileStream(
                FileOf(id), StoreFolder.Private(FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete));
            _count++;
            return (id, OpenForWriting(id));
        }
    }

    public SafeFileHandle OpenForWriting(long id) =>
        File.OpenHandle(FileOf(id), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    public void SyncNames() => disk.SyncFolder(path);

    /// <summary>Opens a segment for a reader; null when it is deleted.</summary>
    public SegmentPin? Pin(long id)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_kept.Contains(id)) return null;
            if (!_open.TryGetValue(id, out var segment))
            {
                if (!File.Exists(FileOf(id))) return null;
                var file = File.OpenHandle(FileOf(id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                _open.Add(id, segment = new OpenSegment(id, file));
            }

            if (segment.IsDropped) return null;
            segment.Pins++;
            return new SegmentPin(this, segment);
        }
    }

    /// <summary>Deletes a segment, at once or when its last reader is done.</summary>
    public void Drop(long id)
    {
        lock (_gate)
        {
            if (_open.TryGetValue(id, out var segment))
            {
                segment.IsDropped = true;
                if (segment.Pins > 0) return;
                Close(segment);
            }

            Delete(id);
        }
    }

    /// <summary>
    /// Deletes no file until what is returned is disposed: whoever copies files finds all that belong to a state that was committed
    /// after this. Readers see no difference.
    /// </summary>
    public IDisposable HoldDeletes()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _holds++;
            return new DeleteHold(this);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var segment in _open.Values) segment.File.Dispose();
            _open.Clear();
        }
    }

    internal void Release(OpenSegment segment)
    {
        lock (_gate)
        {
            if (--segment.Pins > 0) return;
            if (segment.IsDropped)
            {
                Close(segment);
                Delete(segment.Id);
            }
            else if (_open.Count > MaxIdle)
            {
                Close(segment);
            }
        }
    }

    private void ReleaseHold()
    {
        lock (_gate)
        {
            if (--_holds > 0) return;
            foreach (var id in _kept) Delete(id);
            _kept.Clear();
        }
    }

    private void Close(OpenSegment segment)
    {
        _open.Remove(segment.Id);
        segment.File.Dispose();
    }

    private void Delete(long id)
    {
        if (_closed) return; // the next start removes what has no row
        if (_holds > 0)
        {
            _kept.Add(id);
            return;
        }

        try
        {
            File.Delete(FileOf(id));
            _count--;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.SegmentNotDeleted(e, id);
        }
    }

    private string FileOf(long id) => Path.Combine(path, NameOf(id));

    internal static string NameOf(long id) => id.ToString("D12", CultureInfo.InvariantCulture) + Extension;

    private sealed class DeleteHold(SegmentFolder folder) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) folder.ReleaseHold();
        }
    }
}

/// <summary>A segment that is open for readers. Its fields belong to the folder's lock.</summary>
internal sealed class OpenSegment(long id, SafeFileHandle file)
{
    public long Id { get; } = id;

    public SafeFileHandle File { get; } = file;

    public int Pins { get; set; }

    public bool IsDropped { get; set; }
}

/// <summary>Keeps a segment's file from being deleted until it is disposed.</summary>
internal sealed class SegmentPin(SegmentFolder folder, OpenSegment segment) : IDisposable
{
    private int _disposed;

    public SafeFileHandle File => segment.File;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) folder.Release(segment);
    }
}
