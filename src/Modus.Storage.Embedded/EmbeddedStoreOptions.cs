namespace Modus.Storage.Embedded;

/// <summary>Where and how the embedded engine keeps its data. Read once, at open.</summary>
public sealed record EmbeddedStoreOptions
{
    /// <summary>The folder; made (mode 0700) when it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Content up to this many bytes waits in pooled memory and shares segments; larger content gets a file of its own
    /// while it arrives. 4 KB to 1 MB.
    /// </summary>
    public int SpillThreshold { get; init; } = 128 * 1024;

    /// <summary>A shared segment takes no more content once it is this long, in bytes.</summary>
    public long SegmentSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>How often the store looks for segments worth compacting; zero or less switches that off.</summary>
    public TimeSpan CompactionInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A segment is compacted in the background when this part of it is dead. Above 0, at most 1.</summary>
    public double DeadRatio { get; init; } = 0.5;

    /// <summary>How much annotations may take.</summary>
    public AnnotationLimits Annotations { get; init; } = new();

    /// <summary>Pages written to the write-ahead log before a checkpoint (SQLite pages of 4 KB).</summary>
    public int CheckpointPages { get; init; } = 4_000;

    /// <summary>
    /// Keeps an index of the text of all mail, which takes some five times the space of the text and a millisecond or two of
    /// processor time for each new message. Without it every text search reads the mail itself.
    /// </summary>
    public bool TextIndex { get; init; } = true;
}
