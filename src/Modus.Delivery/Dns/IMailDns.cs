using System.Net;
using Modus.Tls;

namespace Modus.Delivery.Dns;

/// <summary>
/// The questions that mail asks of the DNS. Answers are kept as long as their TTL says, within bounds. Names are lower-case A-labels
/// without a trailing dot. Nothing is thrown for what the DNS does. Thread-safe.
/// </summary>
internal interface IMailDns
{
    /// <summary>Mail exchangers, in no order.</summary>
    ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken);

    /// <summary>IPv6 and IPv4 addresses of a host, following CNAMEs.</summary>
    ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken);

    /// <summary>TXT records, the strings of each joined.</summary>
    ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken);

    /// <summary>TLSA records of <c>_port._tcp.host</c>.</summary>
    ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken);

    /// <summary>Where a service is (SRV), such as <c>_imaps._tcp.example.com</c>.</summary>
    ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken);

    /// <summary>The names of an address (PTR).</summary>
    ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken);
}

/// <summary>How a question ended.</summary>
internal enum DnsOutcome
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name is there without such records (NODATA).</summary>
    NoData,

    /// <summary>The name is not there (NXDOMAIN).</summary>
    NoName,

    /// <summary>No answer, or one that cannot be used: ask again later. A bogus signature ends here.</summary>
    Failed,
}

/// <summary>An answer.</summary>
/// <param name="Outcome">How the question ended.</param>
/// <param name="Records">The records; empty unless found.</param>
/// <param name="IsSecure">
/// True when DNSSEC proves the answer (also that there is none): validated here, or by a resolver on this very machine, never by a bit
/// from the network.
/// </param>
/// <param name="CanonicalName">The name at the end of the CNAMEs; the name asked for when there are none.</param>
/// <param name="Reason">Why it failed, in words.</param>
internal sealed record DnsAnswer<T>(
    DnsOutcome Outcome, IReadOnlyList<T> Records, bool IsSecure, string CanonicalName, string? Reason = null)
{
    /// <summary>
    /// The same of the name that was asked for alone: the first alias may be secure though it leads to where nothing is
    /// (RFC 7672 §2.2.2).
    /// </summary>
    public bool IsNameSecure { get; init; } = IsSecure;
}

/// <summary>A host that has a service (RFC 2782).</summary>
/// <param name="Host">Its name; empty when the service is decidedly not there.</param>
/// <param name="Port">Its port.</param>
/// <param name="Priority">Less is preferred.</param>
internal readonly record struct SrvHost(string Host, int Port, int Priority);

/// <summary>A mail exchanger.</summary>
/// <param name="Host">Its name; empty for the null MX (RFC 7505).</param>
/// <param name="Preference">Less is preferred.</param>
internal readonly record struct MxHost(string Host, int Preference);
