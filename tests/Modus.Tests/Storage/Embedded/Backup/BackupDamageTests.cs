using Modus.Storage.Embedded.Backup;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

/// <summary>One wrong byte, wherever it is, is found by check and by restore, each with a sentence of its own.</summary>
public sealed class BackupDamageTests
{
    [Theory]
    [InlineData("segment", "segment 1 is damaged")]
    [InlineData("store.db", "the database is damaged")]
    [InlineData("files/tls/own.key", "file tls/own.key is damaged")]
    [InlineData("modus.json", "modus.json is damaged")]
    public async Task A_damaged_file_is_found_and_not_restored(string what, string sentence)
    {
        await using var room = await NewRoomAsync();
        var report = await BackUpAsync(room);
        BackupRoom.Damage(what == "segment" ? Assert.Single(room.Segments()) : room.GenerationFile(report.Generation, what));

        var check = await room.CheckAsync();
        var request = room.NewRestore();
        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(request));

        Assert.Contains(sentence, check.Faults[0], StringComparison.Ordinal);
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(request.NewFolder));
        Assert.False(Directory.Exists(request.NewFolder + ".partial"));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("manifest.json.sha256")]
    public async Task A_damaged_manifest_is_found_and_not_believed(string file)
    {
        await using var room = await NewRoomAsync();
        var report = await BackUpAsync(room);
        BackupRoom.Damage(room.GenerationFile(report.Generation, file));

        var check = await Assert.ThrowsAsync<BackupException>(() => room.CheckAsync());
        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore()));

        Assert.Contains($"The manifest of generation {report.Generation} is damaged", check.Message, StringComparison.Ordinal);
        Assert.Equal(check.Message, refusal.Message);
        Assert.Equal(check.Message, Assert.Single(await room.ListAsync()).Fault);
    }

    [Fact]
    public async Task A_missing_segment_is_found_and_copied_anew_by_the_next_backup()
    {
        await using var room = await NewRoomAsync();
        await BackUpAsync(room);
        File.Delete(Assert.Single(room.Segments()));

        Assert.Contains("segment 1 is not there", (await room.CheckAsync()).Faults[0], StringComparison.Ordinal);
        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore()));
        Assert.Contains("segment 1 is not there", refusal.Message, StringComparison.Ordinal);

        await BackUpAsync(room);
        Assert.Empty((await room.CheckAsync()).Faults);
    }

    // The sums are right, and yet it is not the mail of the rows: what a defect of ours, or of the disk below the store, would leave.
    [Fact]
    public async Task Content_that_is_not_what_its_row_says_is_found_though_the_sums_are_right()
    {
        await using var room = await NewRoomAsync();
        var segment = Assert.Single(Directory.EnumerateFiles(Path.Combine(room.DataFolder, "segments")));
        BackupRoom.Damage(segment);
        await BackUpAsync(room);

        var fault = Assert.Single((await room.CheckAsync()).Faults);

        Assert.Contains("is not in segment 1", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_of_a_newer_program_is_refused_with_its_version()
    {
        await using var room = await NewRoomAsync();
        var report = await BackUpAsync(room);
        var folder = new BackupTarget(room.Target).Generation(report.Generation);
        var manifest = folder.Read();
        File.Delete(room.GenerationFile(report.Generation, "manifest.json"));
        folder.Finish(manifest with { SchemaVersion = 99, Version = "9.9" }, room.Disk);

        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore()));

        Assert.Contains("newer Modus (9.9)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_names_a_file_elsewhere_is_not_believed()
    {
        await using var room = await NewRoomAsync();
        var report = await BackUpAsync(room);
        var folder = new BackupTarget(room.Target).Generation(report.Generation);
        var manifest = folder.Read();
        File.Delete(room.GenerationFile(report.Generation, "manifest.json"));
        folder.Finish(manifest with { Files = [new ManifestFile("../../escaped", 1, "00")] }, room.Disk);

        var refusal = await Assert.ThrowsAsync<BackupException>(() => room.RestoreAsync(room.NewRestore()));

        Assert.Contains("outside the backup", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<BackupRoom> NewRoomAsync()
    {
        var room = await BackupRoom.OpenAsync();
        await room.DeliverAsync("a message that fills the middle of its segment with itself");
        var tls = Directory.CreateDirectory(Path.Combine(room.DataFolder, "tls"));
        await File.WriteAllTextAsync(Path.Combine(tls.FullName, "own.key"), "secret", TestContext.Current.CancellationToken);
        return room;
    }

    private static Task<BackupReport> BackUpAsync(BackupRoom room) =>
        room.BackUpAsync(change: request => request with { ConfigurationFile = Path.Combine(room.DataFolder, "tls", "own.key") });
}
