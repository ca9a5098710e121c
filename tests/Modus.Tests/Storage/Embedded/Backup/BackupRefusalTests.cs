using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Modus.Storage.Embedded.Backup;
using Modus.Storage.Embedded.Content;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

/// <summary>What a backup does not do, and what stops it in the middle.</summary>
public sealed class BackupRefusalTests
{
    private static readonly string Large = new('x', 300_000);

    [Fact]
    public async Task Two_at_once_into_one_target_are_refused_and_checks_meanwhile_too()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.BackUpAsync();
        using (new BackupTarget(room.Target).OpenForWriting(new Disk()))
        {
            Assert.Contains("Another backup", await room.RefusedBackUpAsync(), StringComparison.Ordinal);
            var refused = await Assert.ThrowsAsync<BackupException>(() => room.CheckAsync());
            Assert.Contains("Another backup", refused.Message, StringComparison.Ordinal);
        }

        await room.BackUpAsync();
        using (new BackupTarget(room.Target).OpenForReading())
            Assert.Contains("Another backup", await room.RefusedBackUpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_others_can_write_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var room = await BackupRoom.OpenAsync();
        Directory.CreateDirectory(room.Target);
        File.SetUnixFileMode(room.Target, (UnixFileMode)Convert.ToInt32("0770", 8));

        Assert.Contains("chmod go-w", await room.RefusedBackUpAsync(), StringComparison.Ordinal);

        File.SetUnixFileMode(room.Target, (UnixFileMode)Convert.ToInt32("0700", 8));
        File.SetUnixFileMode(Path.GetDirectoryName(room.Target)!, (UnixFileMode)Convert.ToInt32("0707", 8));
        Assert.Contains("another folder in the place of", await room.RefusedBackUpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_in_the_data_folder_around_it_or_with_other_things_in_it_is_refused()
    {
        await using var room = await BackupRoom.OpenAsync();
        var other = Directory.CreateDirectory(room.Target);
        await File.WriteAllTextAsync(Path.Combine(other.FullName, "letter.txt"), "x", TestContext.Current.CancellationToken);

        Assert.Contains("holds no backup of Modus", await room.RefusedBackUpAsync(), StringComparison.Ordinal);
        Assert.Contains("is in the data folder", await room.RefusedBackUpAsync(
            request => request with { Target = Path.Combine(room.DataFolder, "backups") }), StringComparison.Ordinal);
        Assert.Contains("holds nothing but backups", await room.RefusedBackUpAsync(
            request => request with { Target = Path.GetDirectoryName(room.DataFolder)! }), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(room.DataFolder, "backups")));

        var link = Path.Combine(other.FullName, "link");
        Directory.CreateSymbolicLink(link, room.DataFolder);
        Assert.Contains("is in the data folder", await room.RefusedBackUpAsync(
            request => request with { Target = Path.Combine(link, "backups") }), StringComparison.Ordinal);
    }

    // Only root can give a folder away, and root is who could be made to write elsewhere by its owner.
    [Fact]
    public async Task A_target_that_belongs_to_another_account_is_refused()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return;
        await using var room = await BackupRoom.OpenAsync();
        await room.BackUpAsync();
        using (var chown = System.Diagnostics.Process.Start("chown", ["65534", room.Target])) await chown.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("belongs to another account (uid 65534)", await room.RefusedBackUpAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_target_leaves_the_earlier_generation_whole_and_the_next_backup_works()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large);
        var first = await room.BackUpAsync();
        await room.DeliverAsync(Large, Large);
        room.Disk.Capacity = 400_000; // one of the two

        var refusal = await room.RefusedBackUpAsync();

        Assert.Contains("no room", refusal, StringComparison.Ordinal);
        Assert.Equal([first.Generation], (await room.ListAsync()).Select(static one => one.Generation));
        Assert.Empty((await room.CheckAsync()).Faults);
        room.Disk.Capacity = long.MaxValue;
        var next = await room.BackUpAsync();
        Assert.Equal(1, next.NewSegments); // what was copied whole was copied for good
        Assert.Empty((await room.CheckAsync()).Faults);
        await using var restored = await room.OpenRestoredAsync();
        Assert.Equal(await room.HashesAsync(room.Store), await room.HashesAsync(restored));
    }

    [Fact]
    public async Task A_disk_without_room_for_the_database_is_said_and_works_again_when_there_is()
    {
        await using var room = await BackupRoom.OpenAsync();
        using var small = new SmallDisk();
        await room.DeliverAsync(Enumerable.Repeat("many", 50).ToArray());
        var target = Path.Combine(small.Folder, "backups");
        var left = Path.Combine(small.Folder, "left");
        FillUp(left);
        var isCounted = small.Disk.Capacity < long.MaxValue; // it is no real disk
        if (isCounted) small.Disk.Capacity = 0;

        var refused = await Assert.ThrowsAsync<BackupException>(() => RunAsync());
        Assert.Contains("no room", refused.Message, StringComparison.Ordinal);
        if (!isCounted) Assert.IsType<SqliteException>(refused.InnerException);

        File.Delete(left);
        small.GiveRoom();
        if (isCounted) small.Disk.Capacity = long.MaxValue;
        var report = await RunAsync();
        Assert.Empty((await StoredBackups.CheckAsync(target, report.Generation, null, TestContext.Current.CancellationToken)).Faults);

        Task<BackupReport> RunAsync() => StoreBackup.RunAsync(
            room.Request() with { Target = target }, small.Disk, null, room.Store.Clock, TestContext.Current.CancellationToken);
    }

    // All that is left but some pages: room for folders, none for a database.
    private static void FillUp(string path)
    {
        using var file = File.Create(path);
        try
        {
            var block = new byte[16 * 1024];
            for (var i = 0; i < 1024; i++) file.Write(block);
        }
        catch (IOException)
        {
            file.SetLength(file.Length - (48 * 1024));
        }
    }

    [Fact]
    public async Task A_sync_that_fails_makes_no_generation()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large);
        room.Disk.SyncFails = true;

        await room.RefusedBackUpAsync();

        room.Disk.SyncFails = false;
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(room.Target, "generations")));
    }

    [Fact]
    public async Task What_a_killed_backup_left_is_no_generation_and_goes_with_the_next_one()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one");
        var first = await room.BackUpAsync();
        var killed = Directory.CreateDirectory(Path.Combine(room.Target, "generations", "20991231T235959Z-0123abcd"));
        await File.WriteAllTextAsync(Path.Combine(killed.FullName, "store.db"), "half", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(room.Target, "segments", "incoming.partial"), "half", TestContext.Current.CancellationToken);

        Assert.Equal(first.Generation, (await room.CheckAsync()).Generation);
        Assert.Contains("never finished", (await room.ListAsync())[1].Fault, StringComparison.Ordinal);
        await room.BackUpAsync();

        Assert.False(killed.Exists && Directory.Exists(killed.FullName));
        Assert.Single(room.Segments());
        Assert.Equal(2, (await room.ListAsync()).Count);
    }

    [Fact]
    public async Task A_backup_whose_store_did_not_keep_its_files_does_not_count()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one");

        var refusal = await room.RefusedBackUpAsync(
            request => request with { ConfirmHold = static _ => throw new BackupException("The hold was lost.") });

        Assert.Equal("The hold was lost.", refusal);
        Assert.Empty(await room.ListAsync());
    }

    [Fact]
    public async Task Only_so_many_generations_are_kept_and_the_segments_that_they_need()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large);
        var first = await room.BackUpAsync();
        await room.ExpungeAllAsync();
        await room.DeliverAsync(Large);
        var second = await room.BackUpAsync();
        await room.DeliverAsync("small");

        var third = await room.BackUpAsync(keep: 2);

        Assert.Equal([first.Generation], third.Removed);
        Assert.Equal([second.Generation, third.Generation], (await room.ListAsync()).Select(static one => one.Generation));
        Assert.Equal(2, room.Segments().Length);
        Assert.Empty((await room.CheckAsync(second.Generation)).Faults);
        Assert.Empty((await room.CheckAsync(third.Generation)).Faults);
    }

    [Fact]
    public async Task The_newest_is_the_one_made_last_also_when_the_clock_was_set_back()
    {
        await using var room = await BackupRoom.OpenAsync();
        var ahead = await room.BackUpAsync();
        var back = await StoreBackup.RunAsync(
            room.Request(keep: 1), room.Disk, null, new FakeTimeProvider(room.Store.Clock.GetUtcNow().AddDays(-1)), TestContext.Current.CancellationToken);

        Assert.Equal([ahead.Generation], back.Removed);
        Assert.Equal(back.Generation, (await room.CheckAsync()).Generation);
    }

    [Fact]
    public async Task With_a_damaged_manifest_no_segment_is_removed()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large);
        var first = await room.BackUpAsync();
        await room.ExpungeAllAsync();
        await room.BackUpAsync();
        BackupRoom.Damage(room.GenerationFile(first.Generation, "manifest.json"));

        var third = await room.BackUpAsync(keep: 1);

        Assert.Contains(third.Notes, note => note.Contains(first.Generation, StringComparison.Ordinal));
        Assert.Single(room.Segments());
        Assert.Equal([first.Generation, third.Generation], (await room.ListAsync()).Select(static one => one.Generation));
    }
}
