using Modus.Delivery.Directory;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Storage.Embedded;
using Xunit;

namespace Modus.Tests.Delivery.Directory;

public sealed class DirectoryIdentitySourceTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = System.IO.Directory.CreateTempSubdirectory("modus-test-");
    private EmbeddedStore _store = null!;
    private DirectoryIdentitySource _source = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = _folder.FullName }, cancellationToken: Cancel);
        _source = new DirectoryIdentitySource(_store.Directory);
        Assert.True(ScramVerifierFactory.TryCreate("secret", out var verifier, 4096));
        var anna = EmailAddress.Parse("anna@example.com");
        await _store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.com"), anna), Cancel);
        await _store.Directory.AddAccountAsync(new NewAccount(anna, verifier), Cancel);
        await _store.Directory.AddAliasAsync(new AddressAlias(EmailAddress.Parse("info@example.com"), [anna]), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("anna@example.com")]
    [InlineData("ANNA@Example.COM")]
    public async Task An_account_logs_in_by_its_address_in_any_case(string name)
    {
        var found = await _source.FindAsync(name, Cancel);

        Assert.Equal("anna@example.com", found?.Identity.Address.ToString());
        Assert.True(found?.Enabled);
    }

    [Theory]
    [InlineData("")]
    [InlineData("anna")]
    [InlineData("anna+shop@example.com")]
    [InlineData("info@example.com")]
    [InlineData("nobody@example.com")]
    [InlineData("anna@[192.0.2.1]")]
    [InlineData("anna@example.com\0")]
    public async Task Nothing_else_names_anybody(string name) => Assert.Null(await _source.FindAsync(name, Cancel));

    [Fact]
    public async Task A_disabled_account_is_found_as_such()
    {
        var account = await _store.Directory.FindAccountAsync(EmailAddress.Parse("anna@example.com"), Cancel);
        await _store.Directory.ChangeAccountAsync(account!.Id, new AccountChange { Enabled = false }, Cancel);

        Assert.False((await _source.FindAsync("anna@example.com", Cancel))?.Enabled);
    }
}
