using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What the platform holds against a chain, in the terms of RFC 8460 §4.3.</summary>
internal static class ChainFault
{
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <returns>Null when there is nothing.</returns>
    public static ServerFault? Of(IEnumerable<X509ChainStatus> statuses, X509ChainStatusFlags ignored = X509ChainStatusFlags.NoError)
    {
        var flags = statuses.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status) & ~ignored;
        if (flags == X509ChainStatusFlags.NoError)
            return null;
        if ((flags & ~(Untrusted | X509ChainStatusFlags.NotTimeValid)) != 0)
            return new ServerFault(TlsFaultType.ValidationFailure, $"The server's certificate or one above it is faulty ({flags}).");
        return (flags & X509ChainStatusFlags.NotTimeValid) != 0
            ? new ServerFault(TlsFaultType.CertificateExpired, "The server's certificate, or one above it, is out of its time.")
            : new ServerFault(TlsFaultType.CertificateNotTrusted, "No authority that is trusted stands behind the server's certificate.");
    }
}
