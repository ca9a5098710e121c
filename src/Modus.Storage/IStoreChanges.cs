using Modus.Mail.Addresses;

namespace Modus.Storage;

/// <summary>Several changes of what an administrator decides as one: all of them are there, or none. Thread-safe.</summary>
public interface IStoreChanges
{
    /// <summary>Makes the changes in their order, in one step that is on stable storage when this returns.</summary>
    /// <param name="changes">What to do.</param>
    /// <param name="changedBy">Who wants it, for the journal of the settings.</param>
    /// <param name="cancellationToken">Ends it before it begins; nothing ends it in between.</param>
    ValueTask<ChangesOutcome> ApplyAsync(IReadOnlyList<StoreChange> changes, string changedBy, CancellationToken cancellationToken);
}

/// <summary>What came of several changes.</summary>
/// <param name="Outcome">Done; otherwise nothing was changed, and this is why.</param>
/// <param name="FailedAt">Which of the changes could not be made; null when all were, and when it was none in particular.</param>
public readonly record struct ChangesOutcome(StoreOutcome Outcome, int? FailedAt = null);

/// <summary>One of several changes.</summary>
public abstract record StoreChange;

/// <summary>Adds a domain, or gives the one of its name another catch-all.</summary>
/// <param name="Domain">The domain.</param>
public sealed record DomainPut(LocalDomain Domain) : StoreChange;

/// <summary>Removes a domain. NotAllowed while it has accounts or aliases.</summary>
/// <param name="Name">Its name.</param>
public sealed record DomainRemoval(Domain Name) : StoreChange;

/// <summary>Adds an account with its first mailboxes, or changes the one with its address.</summary>
/// <param name="Address">Its address.</param>
public sealed record AccountPut(EmailAddress Address) : StoreChange
{
    /// <summary>What its password is checked with; null leaves it as it is, which an account that is not there does not allow.</summary>
    public ScramVerifier? Verifier { get; init; }

    /// <summary>Its quota in bytes; null for no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>False: takes no mail and lets nobody in.</summary>
    public bool Enabled { get; init; } = true;
}

/// <summary>Removes an account with all its mail.</summary>
/// <param name="Address">Its address.</param>
public sealed record AccountRemoval(EmailAddress Address) : StoreChange;

/// <summary>Puts an alias in place of the one with its address.</summary>
/// <param name="Alias">The alias.</param>
public sealed record AliasPut(AddressAlias Alias) : StoreChange;

/// <summary>Removes an alias.</summary>
/// <param name="Address">Its address.</param>
public sealed record AliasRemoval(EmailAddress Address) : StoreChange;

/// <summary>Sets a setting, whatever it was before, or removes it. The journal has it unless nothing changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Json">Its value; null removes it.</param>
public sealed record SettingPut(string Name, string? Json) : StoreChange;

/// <summary>Sets a setting whose name ends with the identity of an account, or removes it.</summary>
/// <param name="Prefix">What the name begins with.</param>
/// <param name="Account">Whose.</param>
/// <param name="Json">Its value; null removes it.</param>
public sealed record AccountSettingPut(string Prefix, EmailAddress Account, string? Json) : StoreChange;

/// <summary>Puts a document in place of the one with its key.</summary>
/// <param name="Record">The document.</param>
public sealed record RecordPut(StoredRecord Record) : StoreChange;

/// <summary>Removes a document. One that is not there is no fault.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Which one.</param>
public sealed record RecordRemoval(string Kind, string Key) : StoreChange;
