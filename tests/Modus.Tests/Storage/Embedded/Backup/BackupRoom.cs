using System.Security.Cryptography;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Storage.Embedded.Backup;
using Modus.Storage.Embedded.Content;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

/// <summary>A store with an account, a place for backups, and a place for what is restored.</summary>
internal sealed class BackupRoom : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("modus-backup-");
    private int _restored;

    public EmbeddedStoreUnderTest Store { get; private init; } = null!;

    public MailboxId Inbox { get; private init; }

    public string Target => Path.Combine(_folder.FullName, "backups");

    public string DataFolder => Store.Options.Folder;

    /// <summary>What backups are written through.</summary>
    public FaultyDisk Disk { get; } = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<BackupRoom> OpenAsync()
    {
        var store = await EmbeddedStoreUnderTest.OpenAsync(configure: static options => options with { CompactionInterval = TimeSpan.Zero });
        var inbox = await store.MailboxAsync((await store.AddAccountAsync("anna")).Id);
        return new BackupRoom { Store = store, Inbox = inbox.Id };
    }

    public BackupRequest Request(int? keep = null) => new() { DataFolder = DataFolder, Target = Target, Version = "1.2.3", Keep = keep };

    /// <summary>Backs up as the command does: the store keeps its files meanwhile.</summary>
    public async Task<BackupReport> BackUpAsync(int? keep = null, Func<BackupRequest, BackupRequest>? change = null)
    {
        var request = Request(keep);
        using var hold = Store.Maintenance.HoldDeletes();
        var report = await StoreBackup.RunAsync(change?.Invoke(request) ?? request, Disk, null, Store.Clock, Cancellation);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        return report;
    }

    public async Task<string> RefusedBackUpAsync(Func<BackupRequest, BackupRequest>? change = null) =>
        (await Assert.ThrowsAsync<BackupException>(() => BackUpAsync(change: change))).Message;

    public Task<BackupCheckReport> CheckAsync(string? generation = null) => StoredBackups.CheckAsync(Target, generation, null, Cancellation);

    public Task<IReadOnlyList<GenerationSummary>> ListAsync() => StoredBackups.ListAsync(Target, Cancellation);

    public RestoreRequest NewRestore(string? generation = null) => new()
    {
        Target = Target, NewFolder = Path.Combine(_folder.FullName, $"restored-{++_restored}"), Generation = generation,
    };

    public Task<RestoreReport> RestoreAsync(RestoreRequest request) => StoreRestore.RunAsync(request, Disk, null, Store.Clock, Cancellation);

    /// <summary>Restores and opens; the caller disposes it.</summary>
    public async Task<EmbeddedStoreUnderTest> OpenRestoredAsync(string? generation = null, Func<RestoreRequest, RestoreRequest>? change = null)
    {
        var request = NewRestore(generation);
        await RestoreAsync(change?.Invoke(request) ?? request);
        return await EmbeddedStoreUnderTest.OpenAsync(request.NewFolder);
    }

    public Task DeliverAsync(params string[] texts) => DeliverAsync(Store, texts);

    public async Task DeliverAsync(EmbeddedStoreUnderTest store, params string[] texts)
    {
        foreach (var text in texts) Assert.True((await store.DeliverAsync(Inbox, text)).IsDone);
    }

    public async Task ExpungeAllAsync()
    {
        var all = (await Store.MessagesAsync(Inbox)).Select(static message => message.Uid).ToList();
        Assert.True((await Store.Mail.ExpungeAsync(Inbox, all, Cancellation)).IsDone);
    }

    /// <summary>The hashes of all messages in the mailbox, in its order.</summary>
    public async Task<List<string>> HashesAsync(EmbeddedStoreUnderTest store)
    {
        var hashes = new List<string>();
        foreach (var message in await store.MessagesAsync(Inbox))
            hashes.Add(Convert.ToHexString(SHA256.HashData(await store.Mail.ReadAllAsync(message.Content) ?? [])));
        return hashes;
    }

    public string[] Segments() => [.. System.IO.Directory.EnumerateFiles(Path.Combine(Target, "segments")).Order(StringComparer.Ordinal)];

    public string GenerationFile(string generation, string name) => Path.Combine(Target, "generations", generation, name);

    /// <summary>Changes one byte in the middle of a file.</summary>
    public static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0x20;
        File.WriteAllBytes(path, bytes);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
