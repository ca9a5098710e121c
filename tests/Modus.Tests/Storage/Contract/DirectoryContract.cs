using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class DirectoryContract : StoreContract
{
    private static readonly Domain Example = Domain.Parse("example.org");

    private static readonly EmailAddress Anna = EmailAddress.Parse("anna@example.org");

    [Fact]
    public async Task Domains_come_change_and_go()
    {
        Assert.Equal(StoreOutcome.Done, await Store.Directory.AddDomainAsync(new LocalDomain(Example), default));
        Assert.Equal(StoreOutcome.AlreadyExists, await Store.Directory.AddDomainAsync(new LocalDomain(Example), default));
        Assert.Equal(StoreOutcome.Done, await Store.Directory.SetCatchAllAsync(Example, Anna, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.SetCatchAllAsync(Domain.Parse("other.org"), Anna, default));
        await Store.ReopenAsync();
        Assert.Equal(Anna, (await Store.Directory.FindDomainAsync(Example, default))!.CatchAll);
        Assert.Equal([new LocalDomain(Example, Anna)], await Store.Directory.ListDomainsAsync(default));
        Assert.Equal(StoreOutcome.Done, await Store.Directory.RemoveDomainAsync(Example, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.RemoveDomainAsync(Example, default));
        Assert.Null(await Store.Directory.FindDomainAsync(Example, default));
    }

    [Fact]
    public async Task A_domain_in_use_stays()
    {
        var account = await Store.AddAccountAsync("anna");
        Assert.Equal(StoreOutcome.NotAllowed, await Store.Directory.RemoveDomainAsync(Example, default));
        await Store.Directory.RemoveAccountAsync(account.Id, default);
        await Store.Directory.AddAliasAsync(new AddressAlias(Anna, [EmailAddress.Parse("x@elsewhere.net")]), default);
        Assert.Equal(StoreOutcome.NotAllowed, await Store.Directory.RemoveDomainAsync(Example, default));
    }

    [Fact]
    public async Task Accounts_are_found_by_address_in_any_case_and_keep_what_was_given()
    {
        await Store.Directory.AddDomainAsync(new LocalDomain(Example), default);
        var verifier = new ScramVerifier(new byte[] { 1, 2 }, 5000, new byte[] { 3 }, new byte[] { 4 });
        var added = (await Store.Directory.AddAccountAsync(new NewAccount(EmailAddress.Parse("Anna@example.org"), verifier, 99), default)).Value!;
        await Store.ReopenAsync();
        var found = (await Store.Directory.FindAccountAsync(EmailAddress.Parse("aNNA@EXAMPLE.org"), default))!;
        Assert.Equal((added.Id, "Anna", 99L, 0L, true), (found.Id, found.Address.LocalPart, found.Quota!.Value, found.Used, found.Enabled));
        Assert.Equal((5000, 2, (byte)3, (byte)4), (found.Verifier.Iterations, found.Verifier.Salt.Length, found.Verifier.StoredKey.Span[0], found.Verifier.ServerKey.Span[0]));
        Assert.Equal(Store.Clock.GetUtcNow(), found.Created);
    }

    [Fact]
    public async Task An_address_is_taken_once_and_needs_its_domain()
    {
        await Store.AddAccountAsync("anna");
        var target = EmailAddress.Parse("x@elsewhere.net");
        var bert = EmailAddress.Parse("bert@example.org");
        Assert.Equal(StoreOutcome.AlreadyExists, await AddAsync(Anna));
        Assert.Equal(StoreOutcome.AlreadyExists, await Store.Directory.AddAliasAsync(new AddressAlias(Anna, [target]), default));
        Assert.Equal(StoreOutcome.Done, await Store.Directory.AddAliasAsync(new AddressAlias(bert, [target, Anna]), default));
        Assert.Equal(StoreOutcome.AlreadyExists, await AddAsync(bert));
        Assert.Equal(StoreOutcome.NotFound, await AddAsync(target));
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.AddAliasAsync(new AddressAlias(target, [Anna]), default));

        Assert.Equal([target, Anna], (await Store.Directory.FindAliasAsync(EmailAddress.Parse("BERT@example.org"), default))!.Targets);
        Assert.Single(await Store.Directory.ListAliasesAsync(Example, default));
        Assert.Empty(await Store.Directory.ListAliasesAsync(Domain.Parse("other.org"), default));
        Assert.Equal(StoreOutcome.Done, await Store.Directory.RemoveAliasAsync(bert, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.RemoveAliasAsync(bert, default));
    }

    [Fact]
    public async Task Changing_an_account_leaves_what_is_null()
    {
        var account = await Store.AddAccountAsync("anna", 50);
        await Store.Directory.ChangeAccountAsync(account.Id, new AccountChange { Enabled = false }, default);
        var off = (await Store.Directory.GetAccountAsync(account.Id, default))!;
        Assert.Equal((false, 50L, 4096), (off.Enabled, off.Quota!.Value, off.Verifier.Iterations));
        await Store.Directory.ChangeAccountAsync(account.Id, new AccountChange { Quota = 0 }, default);
        Assert.Null((await Store.Directory.GetAccountAsync(account.Id, default))!.Quota);
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.ChangeAccountAsync(new AccountId(4711), new AccountChange(), default));
    }

    [Fact]
    public async Task Removing_an_account_takes_its_mail_and_its_identity_never_comes_again()
    {
        var anna = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(anna.Id)).Id;
        await Store.DeliverAsync(inbox);
        Assert.Equal(StoreOutcome.Done, await Store.Directory.RemoveAccountAsync(anna.Id, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Directory.RemoveAccountAsync(anna.Id, default));
        Assert.Empty(await Store.MessagesAsync(inbox));
        var again = await Store.AddAccountAsync("anna");
        Assert.True(again.Id.Value > anna.Id.Value);
        Assert.Empty(await Store.MessagesAsync((await Store.MailboxAsync(again.Id)).Id));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    private async Task<StoreOutcome> AddAsync(EmailAddress address) =>
        (await Store.Directory.AddAccountAsync(new NewAccount(address, StoreKit.Verifier), default)).Outcome;
}
