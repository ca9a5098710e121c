using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Protocols.Sasl;

/// <summary>Who logged in.</summary>
/// <param name="Address">The account's address.</param>
/// <param name="Account">The account.</param>
public sealed record Identity(EmailAddress Address, AccountId Account);

/// <summary>Where credentials come from. Implementations are thread-safe.</summary>
public interface IIdentitySource
{
    /// <summary>Finds whom a login name stands for.</summary>
    /// <param name="authenticationId">The name as the client gave it, after SASLprep; any text, not only addresses.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>
    /// Null when there is nobody by that name. A source that cannot be asked throws: the client then hears of a temporary
    /// fault, and the attempt counts as none.
    /// </returns>
    ValueTask<IdentityRecord?> FindAsync(string authenticationId, CancellationToken cancellationToken);
}

/// <summary>An identity with what its password is checked with.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Verifier">The verifier of the password.</param>
/// <param name="Enabled">False lets nobody in; the client cannot tell it from a wrong password.</param>
public sealed record IdentityRecord(Identity Identity, ScramVerifier Verifier, bool Enabled);
