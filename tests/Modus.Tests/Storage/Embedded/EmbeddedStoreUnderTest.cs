using Microsoft.Extensions.Time.Testing;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Storage.Embedded.Content;
using Modus.Testing.Storage;

namespace Modus.Tests.Storage.Embedded;

/// <summary>The embedded engine in a folder of its own, which goes with it.</summary>
internal sealed class EmbeddedStoreUnderTest : IStoreUnderTest
{
    private readonly Disk _disk;
    private readonly bool _ownsFolder;

    private EmbeddedStoreUnderTest(EmbeddedStoreOptions options, Disk disk, bool ownsFolder)
    {
        Options = options;
        _disk = disk;
        _ownsFolder = ownsFolder;
    }

    public EmbeddedStoreOptions Options { get; }

    public EmbeddedStore Store { get; private set; } = null!;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2030, 1, 31, 8, 0, 0, TimeSpan.Zero));

    public IDelivery Delivery => Store.Delivery;

    public IMailStore Mail => Store.Mail;

    public IAnnotations Annotations => Store.Annotations;

    public IQueue Queue => Store.Queue;

    public ITraces Traces => Store.Traces;

    public IRecords Records => Store.Records;

    public IDirectory Directory => Store.Directory;

    public ISettings Settings => Store.Settings;

    public IStoreChanges Batches => Store.Batches;

    public IChangeFeed Changes => Store.Changes;

    public ITextIndex TextIndex => Store.TextIndex;

    public IStoreMaintenance Maintenance => Store.Maintenance;

    /// <summary>Opens a store; in a new folder that is deleted afterwards, unless one is given.</summary>
    public static async ValueTask<EmbeddedStoreUnderTest> OpenAsync(
        string? folder = null, Disk? disk = null, Func<EmbeddedStoreOptions, EmbeddedStoreOptions>? configure = null)
    {
        var options = new EmbeddedStoreOptions
        {
            Folder = folder ?? System.IO.Directory.CreateTempSubdirectory("modus-store-").FullName, SpillThreshold = 64 * 1024,
            TextIndex = false, // it reads mail in the background, and what is read keeps its file for that moment
        };
        var store = new EmbeddedStoreUnderTest(configure?.Invoke(options) ?? options, disk ?? new Disk(), folder is null);
        await store.OpenCoreAsync();
        return store;
    }

    public async ValueTask ReopenAsync()
    {
        await Store.DisposeAsync();
        await OpenCoreAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        if (_ownsFolder) System.IO.Directory.Delete(Options.Folder, recursive: true);
    }

    private async ValueTask OpenCoreAsync() => Store = await EmbeddedStore.OpenAsync(Options, _disk, Clock, null, default);
}
