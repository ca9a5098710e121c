using Modus.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class SettingsContract : StoreContract
{
    [Fact]
    public async Task Versions_grow_and_guard()
    {
        Assert.Equal(StoreOutcome.Done, await SetAsync("a", "1", 0));
        Assert.Equal(StoreOutcome.NotAllowed, await SetAsync("a", "2", 0));
        Assert.Equal(StoreOutcome.Done, await SetAsync("a", "2", 1));
        Assert.Equal(new Setting("a", "2", 2), await Store.Settings.GetAsync("a", default));
        Assert.Equal(StoreOutcome.Done, await SetAsync("a", null, 2));
        Assert.Null(await Store.Settings.GetAsync("a", default));
        Assert.Equal(StoreOutcome.NotAllowed, await SetAsync("a", "3", 2));
        Assert.Equal(StoreOutcome.Done, await SetAsync("a", "3", 0));
        Assert.True((await Store.Settings.GetAsync("a", default))!.Version > 3);
    }

    [Fact]
    public async Task A_prefix_is_taken_literally()
    {
        foreach (var name in (string[])["p/a", "p/b", "p%", "q/a", "P/a"]) await SetAsync(name, "1", null);
        await SetAsync("p/b", null, null);
        Assert.Equal(["p/a"], (await Store.Settings.ListAsync("p/", default)).Select(s => s.Name));
        Assert.Equal(["p%"], (await Store.Settings.ListAsync("p%", default)).Select(s => s.Name));
        Assert.Equal(["P/a", "p%", "p/a", "q/a"], (await Store.Settings.ListAsync("", default)).Select(s => s.Name));
    }

    [Fact]
    public async Task The_journal_tells_who_changed_what_newest_first()
    {
        await SetAsync("a", "1", null);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        await SetAsync("b", "5", null);
        await SetAsync("a", null, null);
        await Store.ReopenAsync();
        var now = Store.Clock.GetUtcNow();
        var changes = await Store.Settings.ReadJournalAsync("a", 10, default);
        Assert.Equal(
            [new SettingChange("a", now, "me", "1", null) { Id = changes[0].Id }, new SettingChange("a", now.AddMinutes(-1), "me", null, "1") { Id = changes[1].Id }],
            changes);
        Assert.True(changes[0].Id > changes[1].Id);
        Assert.Equal(changes[1], await Store.Settings.FindChangeAsync(changes[1].Id, default));
        Assert.Null(await Store.Settings.FindChangeAsync(changes[0].Id + 1, default));
        Assert.Equal(["a", "b"], (await Store.Settings.ReadJournalAsync(null, 2, default)).Select(c => c.Name));
    }

    private ValueTask<StoreOutcome> SetAsync(string name, string? json, long? expected) =>
        Store.Settings.SetAsync(name, json, expected, "me", default);
}
