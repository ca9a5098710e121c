using Modus.Delivery.Directory;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Directory;

public sealed class StoredImapAccountsTests : IAsyncLifetime
{
    private DeliveryRoom _room = null!;
    private StoredImapAccounts _accounts = null!;
    private Account _anna = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        _accounts = new StoredImapAccounts(_room.Store.Directory, _room.Store.Settings);
        _anna = await _room.AccountAsync("anna@example.org", quota: 1000);
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task An_account_is_the_directorys()
    {
        Assert.Equal(1000, (await _accounts.GetAsync(_anna.Id, Cancel))?.Quota);
        Assert.Null(await _accounts.GetAsync(new AccountId(_anna.Id.Value + 1), Cancel));
    }

    [Fact]
    public async Task At_first_nothing_is_switched_off() => Assert.Empty(await DisabledAsync());

    [Fact]
    public async Task What_is_switched_off_stays_so_until_it_is_switched_on()
    {
        await ChangeAsync(off: ["IDLE", "QRESYNC"]);
        await ChangeAsync(off: ["idle", "MOVE"], on: ["QRESYNC", "NEVER-OFF"]);

        Assert.Equal(["IDLE", "MOVE"], await DisabledAsync());
        Assert.Equal("""["IDLE","MOVE"]""", (await SettingAsync())?.Json);
        await ChangeAsync(on: ["IDLE", "MOVE"]);
        Assert.Null(await SettingAsync());
    }

    [Fact]
    public async Task Another_account_is_not_concerned()
    {
        await ChangeAsync(off: ["IDLE"]);

        Assert.Empty(await _accounts.GetDisabledCapabilitiesAsync((await _room.AccountAsync("ben@example.org")).Id, Cancel));
    }

    [Fact]
    public async Task A_change_that_changes_nothing_writes_nothing()
    {
        await ChangeAsync(off: ["IDLE"]);
        await ChangeAsync(off: ["IDLE"], on: ["MOVE"]);

        Assert.Equal(1, (await SettingAsync())?.Version);
    }

    [Fact]
    public async Task What_was_switched_off_goes_with_the_account()
    {
        await ChangeAsync(off: ["IDLE"]);
        await _accounts.ForgetAsync(_anna.Id, "test", Cancel);

        Assert.Null(await SettingAsync());
    }

    private ValueTask<Setting?> SettingAsync() => _room.Store.Settings.GetAsync($"imap/off/{_anna.Id.Value}", Cancel);

    private ValueTask<IReadOnlyList<string>> DisabledAsync() => _accounts.GetDisabledCapabilitiesAsync(_anna.Id, Cancel);

    private async Task ChangeAsync(string[]? off = null, string[]? on = null) =>
        Assert.Equal(StoreOutcome.Done, await _accounts.ChangeDisabledCapabilitiesAsync(_anna.Id, off ?? [], on ?? [], "test", Cancel));
}
