using Modus.Storage;
using Modus.Storage.Embedded.Backup;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

public sealed class BackupTests
{
    private static readonly string Large = new('x', 300_000);

    [Fact]
    public async Task What_was_backed_up_is_restored_bit_exact_with_flags_queue_and_keys()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one", "two", Large);
        await room.Store.DeliverAsync(room.Inbox, "flagged", MessageFlags.Flagged);
        await room.Store.EnqueueAsync("r@example.net");
        await room.Store.Settings.SetAsync("x", "1", 0, "test", default);
        Directory.CreateDirectory(Path.Combine(room.DataFolder, "tls"));
        await File.WriteAllTextAsync(Path.Combine(room.DataFolder, "tls", "own.key"), "secret", TestContext.Current.CancellationToken);

        var report = await room.BackUpAsync();
        await using var restored = await room.OpenRestoredAsync();

        Assert.Equal((4, 1), ((int)report.Messages, (int)report.QueueEntries));
        Assert.Equal(await room.HashesAsync(room.Store), await room.HashesAsync(restored));
        Assert.Equal(MessageFlags.Flagged, (await restored.MessagesAsync(room.Inbox))[3].Flags & MessageFlags.Flagged);
        Assert.Single(await restored.Queue.ListAsync(new QueueFilter(), default));
        Assert.NotNull(await restored.Settings.GetAsync("x", default));
        Assert.Equal("secret", await File.ReadAllTextAsync(Path.Combine(restored.Options.Folder, "tls", "own.key"), TestContext.Current.CancellationToken));
        Assert.Empty(await restored.Maintenance.FaultsAsync());
        var check = await room.CheckAsync();
        Assert.Empty(check.Faults);
        Assert.Equal((report.Bytes, 5), (check.Bytes, (int)check.Contents));
    }

    [Fact]
    public async Task A_second_backup_copies_only_segments_that_are_new()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large, Large);

        var first = await room.BackUpAsync();
        var unchanged = await room.BackUpAsync();
        await room.DeliverAsync(Large);
        var third = await room.BackUpAsync();

        Assert.Equal((2, 2), (first.Segments, first.NewSegments));
        Assert.Equal((2, 0), (unchanged.Segments, unchanged.NewSegments));
        Assert.Equal((3, 1), (third.Segments, third.NewSegments));
        Assert.True(unchanged.NewBytes < 300_000, $"{unchanged.NewBytes} bytes were written for nothing new");
        Assert.Equal(third.NewBytes - unchanged.NewBytes, new FileInfo(room.Segments()[2]).Length, 200_000.0);
        Assert.Equal(3, room.Segments().Length);
    }

    [Fact]
    public async Task A_segment_that_grew_is_copied_again_and_the_old_one_stays()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one");
        var first = await room.BackUpAsync();
        await room.DeliverAsync("two");

        var second = await room.BackUpAsync();

        Assert.Equal(1, second.NewSegments);
        await using var older = await room.OpenRestoredAsync(first.Generation);
        await using var newer = await room.OpenRestoredAsync(second.Generation);
        Assert.Single(await room.HashesAsync(older));
        Assert.Equal(await room.HashesAsync(room.Store), await room.HashesAsync(newer));
    }

    [Fact]
    public async Task Mail_that_is_deleted_and_compacted_away_later_is_still_in_the_generation()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one", "two", Large);
        var before = await room.HashesAsync(room.Store);
        var first = await room.BackUpAsync();
        await room.ExpungeAllAsync();
        await room.Store.Maintenance.CompactAsync(default);
        await room.DeliverAsync("three");
        var second = await room.BackUpAsync();

        await using var restored = await room.OpenRestoredAsync(first.Generation);

        Assert.Equal(before, await room.HashesAsync(restored));
        Assert.Empty((await room.CheckAsync(first.Generation)).Faults);
        Assert.Empty((await room.CheckAsync(second.Generation)).Faults);
    }

    [Fact]
    public async Task A_segment_of_another_store_with_the_same_number_and_length_is_not_taken_for_ours()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("aaaa");
        await room.BackUpAsync();
        await using var other = await BackupRoom.OpenAsync();
        await other.DeliverAsync("bbbb");

        var report = await other.BackUpAsync(change: request => request with { Target = room.Target });

        Assert.Equal(1, report.NewSegments);
        await using var restored = await room.OpenRestoredAsync(report.Generation);
        Assert.Equal(await other.HashesAsync(other.Store), await room.HashesAsync(restored));
    }

    [Fact]
    public async Task Everything_in_the_target_is_for_its_owner_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("one", Large);
        Directory.CreateDirectory(Path.Combine(room.DataFolder, "certificates", "mail"));
        await File.WriteAllTextAsync(Path.Combine(room.DataFolder, "certificates", "mail", "a.key"), "secret", TestContext.Current.CancellationToken);
        await room.BackUpAsync(change: request => request with { ConfigurationFile = Path.Combine(room.DataFolder, "certificates", "mail", "a.key") });
        var restored = await room.RestoreAsync(room.NewRestore());

        foreach (var root in new[] { room.Target, restored.Folder })
        {
            foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            foreach (var folder in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Prepend(root))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
        }
    }

    [Fact]
    public async Task What_the_store_makes_anew_is_left_out_and_links_are_said()
    {
        await using var room = await BackupRoom.OpenAsync();
        File.CreateSymbolicLink(Path.Combine(room.DataFolder, "elsewhere"), "/etc/hostname");
        await File.WriteAllTextAsync(Path.Combine(room.DataFolder, "search", "1.db"), "index", TestContext.Current.CancellationToken);

        var report = await room.BackUpAsync();

        Assert.Contains("elsewhere is a link", Assert.Single(report.Notes), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(room.Target, "generations", report.Generation, "files")));
    }

    [Fact]
    public async Task A_backup_of_a_damaged_store_has_what_is_left_and_says_what_is_not()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large, "two");
        var large = Directory.EnumerateFiles(Path.Combine(room.DataFolder, "segments")).Order(StringComparer.Ordinal).First();
        File.Delete(large);

        var report = await room.BackUpAsync();

        Assert.Contains("segment 1 is not there", Assert.Single(report.Faults), StringComparison.Ordinal);
        Assert.Contains((await room.CheckAsync()).Faults, static fault => fault.Contains("segment 1 is not in the backup", StringComparison.Ordinal));
        await using var restored = await room.OpenRestoredAsync();
        Assert.Equal(2, (await restored.MessagesAsync(room.Inbox)).Count);
    }

    [Fact]
    public async Task A_segment_that_is_too_short_is_copied_as_far_as_it_goes_and_said()
    {
        await using var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync(Large);
        var segment = Assert.Single(Directory.EnumerateFiles(Path.Combine(room.DataFolder, "segments")));
        using (var file = File.OpenWrite(segment)) file.SetLength(file.Length - 1000);

        var first = await room.BackUpAsync();
        var second = await room.BackUpAsync();

        Assert.Contains("segment 1 has ", Assert.Single(first.Faults), StringComparison.Ordinal);
        Assert.Equal(first.Faults, second.Faults);
        Assert.Contains("is not in segment 1", Assert.Single((await room.CheckAsync()).Faults), StringComparison.Ordinal);
        await room.RestoreAsync(room.NewRestore());
    }
}
