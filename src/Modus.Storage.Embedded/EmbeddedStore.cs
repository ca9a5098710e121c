using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Maintenance;
using Modus.Storage.Embedded.Search;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// The default engine: segment files for content, SQLite for the rest, in one folder that belongs to one process.
/// Thread-safe. Dispose it after everybody who uses it has ended.
/// </summary>
public sealed class EmbeddedStore : IAsyncDisposable
{
    // In the order in which they were opened; closed the other way round.
    private readonly Stack<IDisposable> _parts = new();
    private readonly string _folder;
    private readonly ILogger _logger;
    private BackgroundCompaction? _compaction;

    private EmbeddedStore(string folder, ILogger logger)
    {
        _folder = folder;
        _logger = logger;
    }

    /// <summary>The way in for messages.</summary>
    public IDelivery Delivery { get; private set; } = null!;

    /// <summary>Mailboxes and messages.</summary>
    public IMailStore Mail { get; private set; } = null!;

    /// <summary>Annotations of mailboxes and accounts.</summary>
    public IAnnotations Annotations { get; private set; } = null!;

    /// <summary>Mail for elsewhere.</summary>
    public IQueue Queue { get; private set; } = null!;

    /// <summary>What happened to each message.</summary>
    public ITraces Traces { get; private set; } = null!;

    /// <summary>Documents that the server keeps for itself.</summary>
    public IRecords Records { get; private set; } = null!;

    /// <summary>Domains, accounts and aliases.</summary>
    public IDirectory Directory { get; private set; } = null!;

    /// <summary>Settings.</summary>
    public ISettings Settings { get; private set; } = null!;

    /// <summary>Several changes as one.</summary>
    public IStoreChanges Batches { get; private set; } = null!;

    /// <summary>What changes.</summary>
    public IChangeFeed Changes { get; private set; } = null!;

    /// <summary>Which messages hold a text; without answers when <see cref="EmbeddedStoreOptions.TextIndex"/> is off.</summary>
    public ITextIndex TextIndex { get; private set; } = null!;

    /// <summary>Verification and compaction.</summary>
    public IStoreMaintenance Maintenance { get; private set; } = null!;

    internal TextIndexer? Indexer { get; private set; }

    /// <summary>
    /// Completes, without a fault, when the store has failed for good: everything is refused until it is opened anew, which the
    /// host should do by a new start. Never completes otherwise, also not when the store is closed.
    /// </summary>
    public Task Failure { get; private set; } = null!;

    /// <summary>
    /// Opens a store, makes it when the folder is empty, brings its schema up to date, and clears what was never committed.
    /// </summary>
    /// <param name="options">Where and how.</param>
    /// <param name="clock">The time; the system's by default.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    /// <param name="cancellationToken">Gives up before the store is opened.</param>
    /// <exception cref="StoreInUseException">Another process has it open.</exception>
    /// <exception cref="NotSupportedException">A newer program wrote it.</exception>
    /// <exception cref="InvalidDataException">Its database is missing while segments are there.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static ValueTask<EmbeddedStore> OpenAsync(
        EmbeddedStoreOptions options, TimeProvider? clock = null, ILoggerFactory? loggers = null,
        CancellationToken cancellationToken = default) =>
        OpenAsync(options, new Disk(), clock, loggers, cancellationToken);

    internal static async ValueTask<EmbeddedStore> OpenAsync(
        EmbeddedStoreOptions options, Disk disk, TimeProvider? clock, ILoggerFactory? loggers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger("Modus.Storage.Embedded");
        var store = new EmbeddedStore(options.Folder, logger);
        try
        {
            // Migrations and recovery read files for as long as they need to.
            await Task.Factory.StartNew(
                () => store.Open(options, disk, clock ?? TimeProvider.System), cancellationToken,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return store;
        }
        catch (SqliteException damaged)
        {
            await store.DisposeAsync();
            throw new StoreFailedException($"its database {new StoreFolder(options.Folder).Database} cannot be read: {damaged.Message}", damaged);
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends what is queued, closes the files and gives up the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _compaction, null) is { } compaction) await compaction.DisposeAsync();
        if (_parts.Count == 0) return;
        while (_parts.TryPop(out var part)) part.Dispose();
        _logger.StoreClosed(_folder);
    }

    private void Open(EmbeddedStoreOptions options, Disk disk, TimeProvider clock)
    {
        var place = new StoreFolder(options.Folder);
        place.Create(disk);
        Own(StoreLock.Take(place, clock));
        var health = new StoreHealth(_logger);
        var segments = Own(new SegmentFolder(place.Segments, disk, _logger));
        var metrics = Own(new StoreMetrics(() => segments.Count));

        RefuseForeignSegments(place, segments);
        var database = Own(Database.OpenWriter(place.Database));
        var schema = Migrator.Migrate(database, clock, _logger);
        disk.SyncFolder(place.Root);
        var active = Own(new ActiveSegment(segments, disk, options.SegmentSize));
        if (SegmentRecovery.Recover(database, segments, options.SegmentSize, _logger) is var (id, end)) active.Resume(id, end);
        var lastContent = database.Of("SELECT seq FROM sqlite_sequence WHERE name = 'contents'").Number() ?? 0;

        var readers = Own(new ReaderPool(place.Database, health));
        var checkpointer = Own(new Checkpointer(place.Database, options.CheckpointPages, health));
        var feed = new ChangeFeed(_logger);
        var signal = new QueueSignal();
        var commit = new GroupCommit(database, active, segments, checkpointer, feed, signal, metrics, clock, _logger);
        var writer = Own(new Writer(commit, health));
        var compactor = Own(new Compactor(readers, writer, segments, active, disk, health, _logger));

        Failure = health.Failure;
        Changes = feed;
        Delivery = new EmbeddedDelivery(writer, segments, disk, health, options, new ContentIntake(lastContent, metrics, _logger));
        var mail = new EmbeddedMailStore(readers, writer, segments, new MailboxViews(readers, new UidMapCache()));
        Mail = mail;
        Annotations = new EmbeddedAnnotations(readers, writer, options.Annotations);
        Queue = new EmbeddedQueue(readers, writer, signal);
        Traces = new EmbeddedTraces(readers, writer);
        Records = new EmbeddedRecords(readers, writer, clock);
        Directory = new EmbeddedDirectory(readers, writer);
        Settings = new EmbeddedSettings(readers, writer);
        Batches = new EmbeddedChanges(writer);
        var search = new IndexFolder(place.Search);
        var searchers = Own(new IndexReaders(search));
        if (options.TextIndex)
            Indexer = Own(new TextIndexer(new IndexedMail(readers, mail), search, searchers, feed, clock, _logger));
        TextIndex = new EmbeddedTextIndex(searchers, Indexer, _logger);
        Maintenance = new EmbeddedMaintenance(compactor, new Verifier(readers, segments), segments);
        if (options.CompactionInterval > TimeSpan.Zero)
            _compaction = new BackgroundCompaction(compactor, options.CompactionInterval, options.DeadRatio, clock, _logger);
        _logger.StoreOpened(_folder, schema, segments.Count);
    }

    // To a new database every segment would be garbage; whoever lost or moved the old one wants to be told, not tidied up after.
    private static void RefuseForeignSegments(StoreFolder place, SegmentFolder segments)
    {
        var database = new FileInfo(place.Database);
        if ((!database.Exists || database.Length == 0) && !File.Exists(place.Database + "-wal") && segments.Scan().Count > 0)
        {
            throw new StoreFailedException(
                $"it has segments and no database: put {place.Database} back, or move the segments away.");
        }
    }

    private T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Push(part);
        return part;
    }
}
