using Modus.Mail.Addresses;

namespace Modus.Storage;

/// <summary>
/// Who is here: domains, accounts, aliases. A change that returns <see cref="StoreOutcome.Done"/> is on stable storage.
/// Look-ups never wait for the writer. Thread-safe.
/// </summary>
public interface IDirectory
{
    /// <summary>Every domain, by name.</summary>
    ValueTask<IReadOnlyList<LocalDomain>> ListDomainsAsync(CancellationToken cancellationToken);

    /// <summary>A domain that this server is responsible for; null when it is not.</summary>
    ValueTask<LocalDomain?> FindDomainAsync(Domain name, CancellationToken cancellationToken);

    /// <summary>Adds a domain.</summary>
    /// <returns>Done, AlreadyExists, or NoSpace.</returns>
    ValueTask<StoreOutcome> AddDomainAsync(LocalDomain domain, CancellationToken cancellationToken);

    /// <summary>Changes a domain's catch-all.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    ValueTask<StoreOutcome> SetCatchAllAsync(Domain name, EmailAddress? catchAll, CancellationToken cancellationToken);

    /// <summary>Removes a domain.</summary>
    /// <returns>Done, NotFound, NotAllowed (it has accounts or aliases), or NoSpace.</returns>
    ValueTask<StoreOutcome> RemoveDomainAsync(Domain name, CancellationToken cancellationToken);

    /// <summary>Every account, by address; of one domain when it is given.</summary>
    ValueTask<IReadOnlyList<Account>> ListAccountsAsync(Domain? domain, CancellationToken cancellationToken);

    /// <summary>The account with exactly this address (compared as <see cref="EmailAddress"/> compares).</summary>
    ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>An account by identity.</summary>
    ValueTask<Account?> GetAccountAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Adds an account with INBOX, Drafts, Sent, Junk, Trash and Archive.</summary>
    /// <returns>Done, AlreadyExists (as account or alias), NotFound (its domain), or NoSpace.</returns>
    ValueTask<StoreResult<Account>> AddAccountAsync(NewAccount account, CancellationToken cancellationToken);

    /// <summary>Changes an account; what is null in <paramref name="change"/> stays.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    ValueTask<StoreOutcome> ChangeAccountAsync(AccountId account, AccountChange change, CancellationToken cancellationToken);

    /// <summary>Removes an account with all its mail.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    ValueTask<StoreOutcome> RemoveAccountAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>Every alias, by address; of one domain when it is given.</summary>
    ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(Domain? domain, CancellationToken cancellationToken);

    /// <summary>The alias with exactly this address; null when there is none.</summary>
    ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken);

    /// <summary>Adds an alias.</summary>
    /// <returns>Done, AlreadyExists (as account or alias), NotFound (its domain), or NoSpace.</returns>
    ValueTask<StoreOutcome> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken);

    /// <summary>Removes an alias.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    ValueTask<StoreOutcome> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken);
}

/// <summary>A domain that this server is responsible for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="CatchAll">Where mail for unknown addresses goes; null refuses it.</param>
public sealed record LocalDomain(Domain Name, EmailAddress? CatchAll = null);

/// <summary>Another name for one or more addresses, here or elsewhere.</summary>
/// <param name="Address">The other name, in a domain of ours.</param>
/// <param name="Targets">Where its mail goes; at least one.</param>
public sealed record AddressAlias(EmailAddress Address, IReadOnlyList<EmailAddress> Targets);

/// <summary>
/// What is kept of a password: the SCRAM-SHA-256 verifier (RFC 5802 §3, RFC 7677), which also checks PLAIN and LOGIN. The
/// password cannot be read back from it.
/// </summary>
/// <param name="Salt">The salt, 16 bytes or more.</param>
/// <param name="Iterations">PBKDF2 rounds, 4,096 or more (RFC 7677 §4).</param>
/// <param name="StoredKey">H(HMAC(SaltedPassword, "Client Key")), 32 bytes.</param>
/// <param name="ServerKey">HMAC(SaltedPassword, "Server Key"), 32 bytes.</param>
public sealed record ScramVerifier(
    ReadOnlyMemory<byte> Salt, int Iterations, ReadOnlyMemory<byte> StoredKey, ReadOnlyMemory<byte> ServerKey);

/// <summary>The owner of mailboxes.</summary>
public sealed record Account
{
    /// <summary>Its identity.</summary>
    public required AccountId Id { get; init; }

    /// <summary>Its address, which is also its login name.</summary>
    public required EmailAddress Address { get; init; }

    /// <summary>What its password is checked with.</summary>
    public required ScramVerifier Verifier { get; init; }

    /// <summary>The most bytes that its mail may take; null for no limit.</summary>
    public required long? Quota { get; init; }

    /// <summary>The bytes that its mail takes now (a message in two mailboxes counts twice).</summary>
    public required long Used { get; init; }

    /// <summary>False: takes no mail (550 5.2.1) and lets nobody in.</summary>
    public required bool Enabled { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>An account to add.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Verifier">Its password's verifier.</param>
/// <param name="Quota">Its quota in bytes; null for no limit.</param>
public sealed record NewAccount(EmailAddress Address, ScramVerifier Verifier, long? Quota = null);

/// <summary>What to change of an account; null leaves a thing as it is.</summary>
public sealed record AccountChange
{
    /// <summary>A new password's verifier.</summary>
    public ScramVerifier? Verifier { get; init; }

    /// <summary>A new quota in bytes; 0 takes the limit away.</summary>
    public long? Quota { get; init; }

    /// <summary>Switches the account on or off.</summary>
    public bool? Enabled { get; init; }
}
