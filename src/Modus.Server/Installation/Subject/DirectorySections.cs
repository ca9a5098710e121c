using System.Security.Cryptography;
using Modus.Delivery.Directory;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap;
using Modus.Protocols.Sasl;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;

namespace Modus.Server.Installation.Subject;

/// <summary>Domains.</summary>
internal sealed class DomainSection() : Section<DomainItem>("domains", InstallationJson.Default.DomainItem)
{
    protected override async ValueTask<IEnumerable<DomainItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await ports.Directory.ListDomainsAsync(cancellationToken))
            .Select(static domain => new DomainItem { Name = domain.Name.Name, CatchAll = domain.CatchAll?.ToString() });

    protected override string KeyOf(DomainItem item) => item.Name;

    protected override DomainItem? Normalize(DomainItem item, ItemFaults faults)
    {
        var catchAll = item.CatchAll is null ? null : Names.Address("catchAll", item.CatchAll, faults);
        return Names.Domain("name", item.Name, faults) is { } name ? new DomainItem { Name = name.Name, CatchAll = catchAll?.ToString() } : null;
    }

    protected override IEnumerable<StoreChange> ToChanges(DomainItem? before, DomainItem? after) => after is null
        ? [new DomainRemoval(Domain.Parse(before!.Name))]
        : [new DomainPut(new LocalDomain(Domain.Parse(after.Name), after.CatchAll is { } text ? EmailAddress.Parse(text) : null))];
}

/// <summary>Accounts, with what is switched off for each.</summary>
internal sealed class AccountSection() : Section<AccountItem>("accounts", InstallationJson.Default.AccountItem)
{
    private const int KeyLength = 32; // SHA-256

    public override string? Loss => "all its mail";

    protected override async ValueTask<IEnumerable<AccountItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        var imap = new StoredImapAccounts(ports.Directory, ports.Settings);
        var items = new List<AccountItem>();
        foreach (var account in await ports.Directory.ListAccountsAsync(null, cancellationToken))
        {
            items.Add(new AccountItem
            {
                Address = account.Address.ToString(), Enabled = account.Enabled, Quota = account.Quota, Password = From(account.Verifier),
                WithoutCapabilities = [.. (await imap.GetDisabledCapabilitiesAsync(account.Id, cancellationToken)).Order(StringComparer.Ordinal)],
            });
        }

        return items;
    }

    protected override string KeyOf(AccountItem item) => EmailAddress.Parse(item.Address).ToLookupKey();

    protected override AccountItem? Normalize(AccountItem item, ItemFaults faults)
    {
        if (item.Password is { } password && !Read(password).IsSound)
            faults.Add("password", "is too weak or damaged: a salt of 16 bytes or more, and two keys of 32.");
        var off = new List<string>();
        foreach (var name in item.WithoutCapabilities)
        {
            if (ImapOptions.SwitchableCapabilities.FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } word) off.Add(word);
            else faults.Add("withoutCapabilities", $"'{name}' is no capability that can be switched off: {string.Join(", ", ImapOptions.SwitchableCapabilities)}.");
        }

        return Names.Address("address", item.Address, faults) is { } address
            ? item with { Address = address.ToString(), WithoutCapabilities = [.. off.Distinct().Order(StringComparer.Ordinal)] }
            : null;
    }

    protected override AccountItem WithoutSecrets(AccountItem item) => item with { Password = null };

    protected override AccountItem? Complete(AccountItem item, AccountItem? present, out string? note)
    {
        note = null;
        if (item.Password is not null) return item;
        if (present is null) note = "is new and has no password in the document: nobody can log in before `modus account password`.";
        return item with { Password = present?.Password ?? NobodyKnows() };
    }

    protected override void Check(AccountItem item, InstallationState target, ItemFaults faults)
    {
        var address = EmailAddress.Parse(item.Address);
        if (!target.HasDomain(address.Domain)) faults.Add("address", $"{address.Domain} is no domain of the installation.");
        if (target[Sections.Aliases].ContainsKey(address.ToLookupKey())) faults.Add("address", $"{address} is an alias, too: it can be one of the two.");
    }

    protected override IEnumerable<StoreChange> ToChanges(AccountItem? before, AccountItem? after)
    {
        var address = EmailAddress.Parse((after ?? before)!.Address);
        if (after is not null)
        {
            yield return new AccountPut(address)
            {
                Verifier = before?.Password is { } old && IsSame(old, after.Password!) ? null : Read(after.Password!).ToVerifier(),
                Quota = after.Quota, Enabled = after.Enabled,
            };
        }

        var off = after?.WithoutCapabilities ?? [];
        if (!off.SequenceEqual(before?.WithoutCapabilities ?? [])) yield return StoredImapAccounts.ToChange(address, off);
        if (after is null) yield return new AccountRemoval(address);
    }

    private static PasswordItem From(ScramVerifier verifier) => new()
    {
        Salt = verifier.Salt.ToArray(), Iterations = verifier.Iterations, StoredKey = verifier.StoredKey.ToArray(), ServerKey = verifier.ServerKey.ToArray(),
    };

    private static VerifierRow Read(PasswordItem item) => new(item.Salt, item.Iterations, item.StoredKey, item.ServerKey);

    private static bool IsSame(PasswordItem one, PasswordItem other) =>
        one.Iterations == other.Iterations && one.Salt.AsSpan().SequenceEqual(other.Salt)
        && one.StoredKey.AsSpan().SequenceEqual(other.StoredKey) && one.ServerKey.AsSpan().SequenceEqual(other.ServerKey);

    // Of no password: two hashes that nothing hashes to, as far as anybody can find out.
    private static PasswordItem NobodyKnows() => new()
    {
        Salt = RandomNumberGenerator.GetBytes(KeyLength / 2), Iterations = ScramVerifierFactory.DefaultIterations,
        StoredKey = RandomNumberGenerator.GetBytes(KeyLength), ServerKey = RandomNumberGenerator.GetBytes(KeyLength),
    };
}

/// <summary>Aliases.</summary>
internal sealed class AliasSection() : Section<AliasItem>("aliases", InstallationJson.Default.AliasItem)
{
    protected override async ValueTask<IEnumerable<AliasItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await ports.Directory.ListAliasesAsync(null, cancellationToken))
            .Select(static alias => new AliasItem { Address = alias.Address.ToString(), Targets = [.. alias.Targets.Select(static target => target.ToString())] });

    protected override string KeyOf(AliasItem item) => EmailAddress.Parse(item.Address).ToLookupKey();

    protected override AliasItem? Normalize(AliasItem item, ItemFaults faults)
    {
        var targets = item.Targets.Select((text, index) => Names.Address($"targets[{index}]", text, faults)).ToList();
        if (targets.Count > StoreLimits.MaxAliasTargets) faults.Add("targets", $"are {targets.Count}: {StoreLimits.MaxAliasTargets} is the most.");
        return Names.Address("address", item.Address, faults) is { } address && targets.TrueForAll(static target => target is not null)
            ? new AliasItem { Address = address.ToString(), Targets = [.. targets.Select(static target => target!.ToString())] }
            : null;
    }

    protected override void Check(AliasItem item, InstallationState target, ItemFaults faults)
    {
        var domain = EmailAddress.Parse(item.Address).Domain;
        if (!target.HasDomain(domain)) faults.Add("address", $"{domain} is no domain of the installation.");
    }

    protected override IEnumerable<StoreChange> ToChanges(AliasItem? before, AliasItem? after) => after is null
        ? [new AliasRemoval(EmailAddress.Parse(before!.Address))]
        : [new AliasPut(new AddressAlias(EmailAddress.Parse(after.Address), [.. after.Targets.Select(EmailAddress.Parse)]))];
}

/// <summary>Reads the names in items.</summary>
internal static class Names
{
    public static Domain? Domain(string member, string text, ItemFaults faults)
    {
        if (NameParsing.TryDomain(text, out var domain, out var fault)) return domain;
        faults.Add(member, fault.Text);
        return null;
    }

    public static EmailAddress? Address(string member, string text, ItemFaults faults)
    {
        if (NameParsing.TryAddress(text, out var address, out var fault)) return address;
        faults.Add(member, fault.Text);
        return null;
    }
}
