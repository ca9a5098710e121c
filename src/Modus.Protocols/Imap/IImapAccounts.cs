using Modus.Storage;

namespace Modus.Protocols.Imap;

/// <summary>What the IMAP room asks about an account besides its mail. Implementations are thread-safe.</summary>
public interface IImapAccounts
{
    /// <summary>The account with its quota and what it takes; null when it is gone.</summary>
    ValueTask<Account?> GetAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>The capabilities that are switched off for this account, because a client of it cannot bear them.</summary>
    ValueTask<IReadOnlyList<string>> GetDisabledCapabilitiesAsync(AccountId account, CancellationToken cancellationToken);
}
