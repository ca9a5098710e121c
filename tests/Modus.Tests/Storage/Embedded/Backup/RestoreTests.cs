using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Storage.Embedded.Backup;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

public sealed class RestoreTests
{
    [Fact]
    public async Task Nothing_is_ever_written_over()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.BackUpAsync();
        var request = room.NewRestore();
        Directory.CreateDirectory(request.NewFolder);
        var mine = Path.Combine(request.NewFolder, "mine");
        await File.WriteAllTextAsync(mine, "x", TestContext.Current.CancellationToken);

        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(request));
        Assert.Contains("never writes over anything", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.EnumerateFileSystemEntries(request.NewFolder));

        refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(request with { NewFolder = Path.Combine(room.DataFolder, "copies", "new") }));
        Assert.Contains("lies in the data folder", refusal.Message, StringComparison.Ordinal);

        File.Delete(mine); // an empty folder is as good as none
        Directory.CreateDirectory(request.NewFolder + ".partial");
        refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(request));
        Assert.Contains("was not made by a restoring", refusal.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(request.NewFolder + ".partial", "modus-restore.unfinished"), "", TestContext.Current.CancellationToken);
        await room.RestoreAsync(request);
        Assert.False(Directory.Exists(request.NewFolder + ".partial"));
    }

    // Mail programs keep what they know by UIDVALIDITY, UID and EMAILID: given to other mail, they would show the wrong message.
    [Fact]
    public async Task A_store_that_went_back_in_time_gives_no_UID_and_no_identity_again()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("kept");
        await room.BackUpAsync();
        var before = await room.Store.MailboxAsync((await AnnaAsync(room.Store)).Id);
        await room.DeliverAsync("lost");
        var lost = (await room.Store.MessagesAsync(room.Inbox))[^1];

        await using var restored = await room.OpenRestoredAsync();
        await room.DeliverAsync(restored, "other mail");
        var after = await restored.MailboxAsync((await AnnaAsync(restored)).Id);
        var other = (await restored.MessagesAsync(room.Inbox))[^1];

        Assert.True(after.UidValidity.Value > before.UidValidity.Value);
        Assert.True(other.Email.Value > lost.Email.Value && other.Content.Value > lost.Content.Value);
        var made = await restored.CreateAsync(after.Account, "New");
        Assert.True((await restored.MailboxAsync(after.Account, "New")).UidValidity.Value > after.UidValidity.Value);
        Assert.True(made.Value > before.Id.Value + 100);
        Assert.Empty(await restored.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task UIDs_are_kept_when_that_is_asked_for()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("kept");
        var before = await room.Store.MailboxAsync((await AnnaAsync(room.Store)).Id);
        await room.BackUpAsync();

        await using var restored = await room.OpenRestoredAsync(change: static request => request with { KeepUids = true });

        Assert.Equal(before, await restored.MailboxAsync((await AnnaAsync(restored)).Id));
    }

    [Fact]
    public async Task The_queue_is_held_when_that_is_asked_for_and_sent_when_it_is_released()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.Store.EnqueueAsync("one@example.net", "two@example.com");
        await room.Store.LeaseAsync("worker", "example.net");
        await room.BackUpAsync();

        var request = room.NewRestore() with { HoldQueue = true };
        var report = await room.RestoreAsync(request);
        await using var restored = await EmbeddedStoreUnderTest.OpenAsync(request.NewFolder);

        Assert.Equal(2, report.HeldQueueEntries);
        var entries = await restored.Queue.ListAsync(new QueueFilter(), default);
        Assert.All(entries, static entry => Assert.Equal(QueueState.Held, entry.State));
        restored.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await restored.LeaseAsync("worker", "example.net"));
        Assert.Empty(await restored.Queue.ListDueDomainsAsync(restored.Clock.GetUtcNow(), new HashSet<Domain>(), 10, default));
        foreach (var entry in entries) await restored.Queue.SetHeldAsync(entry.Id, false, "test", default);
        Assert.Single(await restored.LeaseAsync("worker", "example.net"));
        Assert.Empty(await restored.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Without_that_the_queue_goes_on()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.Store.EnqueueAsync("one@example.net");
        await room.BackUpAsync();

        await using var restored = await room.OpenRestoredAsync();

        Assert.Single(await restored.LeaseAsync("worker", "example.net"));
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing_behind()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(new string('x', 300_000));
        await room.BackUpAsync();
        room.Disk.Capacity = 200_000;
        var request = room.NewRestore();

        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(request));

        Assert.Contains("no room", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(request.NewFolder + ".partial"));
    }

    [Fact]
    public async Task An_unknown_generation_and_a_folder_without_backups_are_said()
    {
        await using var room = await BackupRoom.OpenAsync();
        var none = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore()));
        Assert.Contains("holds no backup of Modus", none.Message, StringComparison.Ordinal);
        await room.BackUpAsync();

        var unknown = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore("20000101T000000Z-00000000")));

        Assert.Contains("modus backup list", unknown.Message, StringComparison.Ordinal);
    }

    private static async Task<Account> AnnaAsync(EmbeddedStoreUnderTest store) =>
        (await store.Directory.FindAccountAsync(EmailAddress.Parse("anna@example.org"), default))!;
}
