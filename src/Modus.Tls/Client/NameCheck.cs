using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>Whether a certificate is for one of some names (RFC 9525 §6): SubjectAltName counts, the common name does not.</summary>
internal static class NameCheck
{
    /// <returns>Null when it is.</returns>
    public static ServerFault? Judge(X509Certificate2 certificate, IReadOnlyList<string> names)
    {
        var own = HostNames.Of(certificate);
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address) ? HasAddress(certificate, address) : IsFor(own, HostNames.Normalize(name)))
                return null;
        }

        return new ServerFault(
            TlsFaultType.CertificateHostMismatch,
            $"The server's certificate is for {(own.Count > 0 ? string.Join(", ", own.Take(8)) : "no name")}, not for {string.Join(" or ", names.Take(8))}.");
    }

    // RFC 9525 §6.3: a wildcard is a whole first label, and stands for exactly one. One for a whole top level is nobody's to have.
    private static bool IsFor(IReadOnlyList<string> own, string name) =>
        own.Any(pattern => HostNames.Covers(pattern, name) && (!HostNames.IsWildcard(pattern) || pattern.IndexOf('.', 2) > 0));

    private static bool HasAddress(X509Certificate2 certificate, IPAddress address) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(extension => extension.EnumerateIPAddresses().Contains(HostNames.Normalize(address)));
}
