using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class ChangesContract : StoreContract
{
    private static readonly Domain Example = Domain.Parse("example.org");
    private static readonly EmailAddress Anna = EmailAddress.Parse("Anna@example.org");

    [Fact]
    public async Task All_of_them_are_there_after_one_call_and_after_opening_anew()
    {
        var made = await ApplyAsync(
            new DomainPut(new LocalDomain(Example)),
            new AccountPut(Anna) { Verifier = StoreKit.Verifier, Quota = 100, Enabled = false },
            new AliasPut(new AddressAlias(EmailAddress.Parse("info@example.org"), [Anna])),
            new SettingPut("a", "1"),
            new AccountSettingPut("of/", Anna, "2"),
            new RecordPut(new StoredRecord("kind", "key", "3", Store.Clock.GetUtcNow())));
        Assert.Equal(new ChangesOutcome(StoreOutcome.Done), made);
        await Store.ReopenAsync();

        var account = (await Store.Directory.FindAccountAsync(Anna, default))!;
        Assert.Equal((100, false), (account.Quota, account.Enabled));
        Assert.NotNull(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("INBOX"), default));
        Assert.Equal([Anna], (await Store.Directory.FindAliasAsync(EmailAddress.Parse("info@example.org"), default))!.Targets);
        Assert.Equal("1", (await Store.Settings.GetAsync("a", default))!.Json);
        Assert.Equal("2", (await Store.Settings.GetAsync($"of/{account.Id.Value}", default))!.Json);
        Assert.Equal("3", (await Store.Records.GetAsync("kind", "key", default))!.Json);
        Assert.Equal("me", Assert.Single(await Store.Settings.ReadJournalAsync("a", 10, default)).By);
    }

    [Fact]
    public async Task What_is_there_is_changed_and_a_password_stays_that_is_not_named()
    {
        await Store.AddAccountAsync("anna", quota: 7);
        await ApplyAsync(
            new DomainPut(new LocalDomain(Example, Anna)), new AccountPut(Anna) { Enabled = false }, new AliasPut(new AddressAlias(EmailAddress.Parse("b@example.org"), [Anna])),
            new AliasPut(new AddressAlias(EmailAddress.Parse("b@example.org"), [EmailAddress.Parse("c@elsewhere.example")])));

        Assert.Equal(Anna, (await Store.Directory.FindDomainAsync(Example, default))!.CatchAll);
        var account = (await Store.Directory.FindAccountAsync(Anna, default))!;
        Assert.Equal((null, false), (account.Quota, account.Enabled));
        Assert.True(account.Verifier.StoredKey.Span.SequenceEqual(StoreKit.Verifier.StoredKey.Span));
        Assert.Equal("c@elsewhere.example", Assert.Single((await Store.Directory.FindAliasAsync(EmailAddress.Parse("b@example.org"), default))!.Targets).ToString());
    }

    [Fact]
    public async Task What_goes_is_gone()
    {
        await Store.AddAccountAsync("anna");
        await ApplyAsync(new AliasPut(new AddressAlias(EmailAddress.Parse("b@example.org"), [Anna])), new SettingPut("a", "1"));
        await ApplyAsync(
            new AliasRemoval(EmailAddress.Parse("b@example.org")), new AccountRemoval(Anna), new DomainRemoval(Example), new SettingPut("a", null),
            new RecordRemoval("kind", "never there"));
        Assert.Null(await Store.Directory.FindDomainAsync(Example, default));
        Assert.Null(await Store.Directory.FindAccountAsync(Anna, default));
        Assert.Null(await Store.Settings.GetAsync("a", default));
    }

    public static TheoryData<StoreOutcome, StoreChange> Impossible => new()
    {
        { StoreOutcome.NotFound, new AccountPut(EmailAddress.Parse("nobody@example.org")) },
        { StoreOutcome.NotFound, new AccountRemoval(EmailAddress.Parse("nobody@example.org")) },
        { StoreOutcome.NotFound, new AccountPut(EmailAddress.Parse("nobody@elsewhere.example")) { Verifier = StoreKit.Verifier } },
        { StoreOutcome.AlreadyExists, new AliasPut(new AddressAlias(Anna, [Anna])) },
        { StoreOutcome.NotAllowed, new DomainRemoval(Example) },
        { StoreOutcome.NotFound, new AccountSettingPut("of/", EmailAddress.Parse("nobody@example.org"), "1") },
        { StoreOutcome.TooLarge, new RecordPut(new StoredRecord("kind", "key", new string('1', StoreLimits.MaxRecord + 1), DateTimeOffset.UnixEpoch)) },
    };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public async Task One_that_cannot_be_made_undoes_the_others(StoreOutcome outcome, StoreChange impossible)
    {
        await Store.AddAccountAsync("anna");
        var made = await ApplyAsync(new SettingPut("a", "1"), new DomainPut(new LocalDomain(Domain.Parse("b.example"))), impossible, new SettingPut("b", "1"));
        Assert.Equal(new ChangesOutcome(outcome, 2), made);
        Assert.Null(await Store.Settings.GetAsync("a", default));
        Assert.Null(await Store.Directory.FindDomainAsync(Domain.Parse("b.example"), default));
        Assert.Empty(await Store.Settings.ReadJournalAsync(null, 10, default));
    }

    private ValueTask<ChangesOutcome> ApplyAsync(params StoreChange[] changes) => Store.Batches.ApplyAsync(changes, "me", default);
}
