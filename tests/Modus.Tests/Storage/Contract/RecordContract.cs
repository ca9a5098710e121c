using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class RecordContract : StoreContract
{
    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task A_record_is_there_until_it_is_replaced_or_removed()
    {
        var first = new StoredRecord("hop", "mx.example.net:25", """{"tls":"1.3"}""", Now);
        Assert.Null(await Store.Records.GetAsync("hop", first.Key, default));
        Assert.Equal(StoreOutcome.Done, await Store.Records.PutAsync([first, first with { Kind = "sts" }], default));
        await Store.ReopenAsync();
        Assert.Equal(first, await Store.Records.GetAsync("hop", first.Key, default));

        var second = first with { Json = "{}", Changed = Now.AddMinutes(1), Expires = Now.AddDays(1) };
        await Store.Records.PutAsync([first, second], default);
        Assert.Equal(second, await Store.Records.GetAsync("hop", first.Key, default));
        Assert.Equal(StoreOutcome.Done, await Store.Records.RemoveAsync("hop", first.Key, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Records.RemoveAsync("hop", first.Key, default));
        Assert.Null(await Store.Records.GetAsync("hop", first.Key, default));
        Assert.NotNull(await Store.Records.GetAsync("sts", first.Key, default));
    }

    [Fact]
    public async Task Records_are_listed_by_key_page_by_page_within_a_prefix()
    {
        string[] keys = ["a/1", "a/2", "a/3", "a%", "b/1", "a/ü"];
        await Store.Records.PutAsync([.. keys.Select(Record)], default);
        await Store.Records.PutAsync([Record("a/0") with { Kind = "other" }], default);
        Assert.Equal(["a/1", "a/2", "a/3", "a/ü"], await KeysAsync("a/", null, 9));
        Assert.Equal(["a/1", "a/2"], await KeysAsync("a/", null, 2));
        Assert.Equal(["a/3", "a/ü"], await KeysAsync("a/", "a/2", 2));
        Assert.Equal(["a%", "a/1", "a/2", "a/3", "a/ü", "b/1"], await KeysAsync("", null, 99));
        Assert.Empty(await KeysAsync("c", null, 9));
        Assert.Empty(await KeysAsync("", null, 0));
    }

    [Fact]
    public async Task What_has_expired_is_not_there()
    {
        await Store.Records.PutAsync([Record("soon") with { Expires = Now.AddMinutes(1) }, Record("later") with { Expires = Now.AddMinutes(2) }, Record("never")], default);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await Store.Records.GetAsync("kind", "soon", default));
        Assert.Equal(["later", "never"], await KeysAsync("", null, 9));
        Assert.Equal(StoreOutcome.NotFound, await Store.Records.RemoveAsync("kind", "soon", default));
        await Store.Records.PutAsync([Record("soon") with { Expires = Now.AddMinutes(5) }], default);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["never", "soon"], await KeysAsync("", null, 9));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_with_all_that_came_with_it()
    {
        var most = Record("most") with { Json = new string('1', StoreLimits.MaxRecord) };
        Assert.Equal(StoreOutcome.Done, await Store.Records.PutAsync([most], default));
        Assert.Equal(most, await Store.Records.GetAsync("kind", "most", default));
        Assert.Equal(StoreOutcome.TooLarge, await Store.Records.PutAsync([Record("a"), most with { Json = most.Json + "1" }], default));
        Assert.Equal(StoreOutcome.TooLarge, await Store.Records.PutAsync([Record("a"), Record(new string('k', 513))], default));
        Assert.Null(await Store.Records.GetAsync("kind", "a", default));
    }

    private StoredRecord Record(string key) => new("kind", key, "{}", Now);

    private async Task<IEnumerable<string>> KeysAsync(string prefix, string? after, int limit) =>
        (await Store.Records.ListAsync("kind", prefix, after, limit, default)).Select(static record => record.Key);
}
