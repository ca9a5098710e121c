using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Tls;

/// <summary>When an authority wants a certificate to be renewed (RFC 9773 §4.2).</summary>
/// <param name="Start">The window's start; null when the authority says nothing.</param>
/// <param name="End">Its end.</param>
/// <param name="RetryAfter">When to ask again, as the authority said it.</param>
public sealed record AcmeRenewal(DateTimeOffset? Start, DateTimeOffset? End, TimeSpan? RetryAfter)
{
    /// <summary>What an authority without renewal information says.</summary>
    public static readonly AcmeRenewal None = new(null, null, null);

    // RFC 9773 §4.3.2 has both bounds; §4.3.3 the six hours
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(1);

    /// <summary>How long to wait before an authority is asked again that could not answer.</summary>
    public static TimeSpan PauseAfterFault => TimeSpan.FromHours(6);

    /// <summary>How long to wait before it is asked again: a minute to a day.</summary>
    public TimeSpan Pause => Start is null || RetryAfter > LongestPause ? LongestPause
        : RetryAfter is not { } asked ? PauseAfterFault
        : asked < ShortestPause ? ShortestPause : asked;

    /// <summary>The name that renewal information has for a certificate (RFC 9773 §4.1); null for one without an authority key identifier.</summary>
    public static string? IdentifierOf(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var authority = certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        return authority is null
            ? null
            : $"{Base64Url.EncodeToString(authority.Value.Span)}.{Base64Url.EncodeToString(certificate.SerialNumberBytes.Span)}";
    }

    /// <summary>
    /// When a certificate is to be renewed: at two thirds of its life, or at its own moment in the authority's window when that is
    /// earlier. The moment is spread by the certificate, and the same whenever it is asked.
    /// </summary>
    public static DateTimeOffset TimeFor(X509Certificate2 certificate, DateTimeOffset? start, DateTimeOffset? end)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        DateTimeOffset from = certificate.NotBefore.ToUniversalTime(), until = certificate.NotAfter.ToUniversalTime();
        var usual = from + (until - from) * (2.0 / 3);
        if (start is not { } first || end is not { } last || last < first) return usual;
        var spread = BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(Encoding.ASCII.GetBytes(certificate.Thumbprint)));
        var moment = first + (last - first) * (spread / (double)uint.MaxValue);
        return moment < usual ? moment : usual;
    }
}
