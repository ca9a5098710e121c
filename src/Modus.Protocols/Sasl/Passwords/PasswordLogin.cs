using System.Security.Cryptography;

namespace Modus.Protocols.Sasl.Passwords;

/// <summary>The login by name and password that PLAIN, LOGIN and POP3's USER and PASS come down to. Thread-safe.</summary>
internal sealed class PasswordLogin(LoginGate gate, HashGate hashes, PasswordMemory memory)
{
    /// <param name="name">The login name, UTF-8.</param>
    /// <param name="password">The password, UTF-8; the caller's to wipe.</param>
    /// <param name="origin">Where the login comes from.</param>
    /// <param name="cancellationToken">Ends the login.</param>
    public async ValueTask<SaslStep> CheckAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, LoginOrigin origin, CancellationToken cancellationToken)
    {
        if (!SaslPrep.TryPrepareName(name.Span, out var preparedName)) return SaslStep.End(SaslStatus.Malformed);
        if (!SaslPrep.TryPrepare(password.Span, out var prepared)) return SaslStep.End(SaslStatus.Malformed);
        try
        {
            var candidate = await gate.AdmitAsync(preparedName, origin, cancellationToken);
            return candidate is null
                ? SaslStep.End(SaslStatus.TemporaryFault)
                : await CheckAsync(candidate, prepared, origin, cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(prepared);
        }
    }

    private async ValueTask<SaslStep> CheckAsync(
        Candidate candidate, byte[] password, LoginOrigin origin, CancellationToken cancellationToken)
    {
        var fingerprint = memory.Fingerprint(candidate.Key, password, candidate.Verifier);
        var known = memory.Recall(fingerprint);
        var isMatch = known;
        if (isMatch is null)
        {
            isMatch = await hashes.IsMatchAsync(
                password, candidate.Verifier, () => gate.IsWelcome(candidate.Key, origin), cancellationToken);
            if (isMatch is null)
            {
                gate.ReportCrowd(origin, hashes.Inside);
                return SaslStep.End(SaslStatus.TemporaryFault);
            }

            memory.Remember(fingerprint, isMatch.Value);
        }

        var identity = gate.Decide(candidate, origin, isMatch.Value, isRepeated: known is not null);
        return identity is null ? SaslStep.End(SaslStatus.BadCredentials) : SaslStep.Succeeded(identity);
    }
}
