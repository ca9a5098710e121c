using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>How names and addresses are compared (RFC 6125 §6.4, RFC 9525 §6.3): lower case, a wildcard stands for one whole first label.</summary>
internal static class HostNames
{
    public static string Normalize(string name) => name.TrimEnd('.').ToLowerInvariant();

    public static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    public static bool IsWildcard(string name) => name.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>What follows the first label: <c>example.org</c> of <c>mail.example.org</c>; empty when there is no second one.</summary>
    public static ReadOnlySpan<char> Parent(ReadOnlySpan<char> name)
    {
        var dot = name.IndexOf('.');
        return dot <= 0 ? [] : name[(dot + 1)..];
    }

    /// <summary>True when a certificate for the pattern is good for the name; the name may be a wildcard itself.</summary>
    public static bool Covers(string pattern, string name) =>
        pattern == name || (IsWildcard(pattern) && !IsWildcard(name) && Parent(name).SequenceEqual(pattern.AsSpan(2)));

    /// <summary>The DNS names of a certificate, lower case; IP addresses are left out, as SNI carries none (RFC 6066 §3).</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 certificate) =>
        [.. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(static extension => extension.EnumerateDnsNames())
            .Select(Normalize).Distinct()];

    /// <summary>A host name of letters, digits, hyphens and underscores, or a wildcard before one.</summary>
    public static bool IsValid(string? name)
    {
        if (string.IsNullOrEmpty(name))
            return false;
        var host = IsWildcard(name) ? name[2..] : name;
        return host.Length <= 253 && host.TrimEnd('.').Split('.').All(static label =>
            label.Length is > 0 and <= 63 && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }
}
