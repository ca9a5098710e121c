using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.Dane;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Published;

/// <summary>
/// What domains and hosts publish for mail, asked anew and told to people: nothing is kept from one of these to the next. Names are
/// lower-case A-labels. Nothing is thrown for what the DNS or a web server does. Thread-safe.
/// </summary>
public sealed partial class PublishedRecords : IDisposable
{
    /// <summary>How long a policy may take to come. RFC 8461 §3.3 suggests a minute; who waits for a command has less.</summary>
    public static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(10);

    private readonly IMailDns _dns;
    private readonly IStsFetcher _fetcher;
    private readonly TimeProvider _clock;
    private readonly IDisposable[] _owned;

    internal PublishedRecords(IMailDns dns, IStsFetcher fetcher, TimeProvider clock, params IDisposable[] owned) =>
        (_dns, _fetcher, _clock, _owned) = (dns, fetcher, clock, owned);

    /// <summary>Makes one for a program that runs no server.</summary>
    /// <param name="options">How the DNS is asked.</param>
    /// <param name="https">How policies are fetched.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="loggers">Where the resolver says what it met.</param>
    public static PublishedRecords Create(DnsOptions options, OutboundHttpsOptions https, TimeProvider clock, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(https);
        var upstream = new DnsUpstream(options, clock);
        var judge = new ReplyJudge(new ChainOfTrust(upstream, options, clock, loggers.CreateLogger<ChainOfTrust>()), clock);
        var dns = new MailDns(new DnsLinks(upstream, judge, options, clock, loggers.CreateLogger<DnsLinks>()));
        var client = new OutboundHttps(dns, https);
        var fetcher = new StsFetcher(client, clock);
        return new PublishedRecords(dns, fetcher, clock, fetcher, client, upstream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var one in _owned) one.Dispose();
    }

    /// <summary>Where the names of an address stand in the DNS, such as <c>1.2.0.192.in-addr.arpa</c>.</summary>
    public static string ReverseNameOf(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return DnsName.ForAddress(address).ToString();
    }

    /// <summary>Why our resolvers are of no use; null when they are. Asks at the root, which is always there, and signed.</summary>
    public async ValueTask<string?> FindResolverFaultAsync(CancellationToken cancellationToken)
    {
        var answer = await _dns.FindTextAsync(".", cancellationToken);
        return answer.Outcome == DnsOutcome.Failed ? answer.Reason ?? "no answer" : null;
    }

    /// <summary>The hosts that take a domain's mail, the preferred ones first.</summary>
    public async ValueTask<PublishedAnswer<PublishedHost>> FindMxAsync(Domain domain, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindMxAsync(domain.Name, cancellationToken);
        return Tell(answer, [.. answer.Records.OrderBy(static mx => mx.Preference).Select(static mx => new PublishedHost(mx.Host, mx.Preference))]);
    }

    /// <summary>The addresses of a host.</summary>
    public async ValueTask<PublishedAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindAddressesAsync(host, cancellationToken);
        return Tell(answer, answer.Records);
    }

    /// <summary>Where a service is (SRV), the preferred hosts first.</summary>
    public async ValueTask<PublishedAnswer<PublishedSrv>> FindServicesAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindServicesAsync(name, cancellationToken);
        return Tell(answer, [.. answer.Records.OrderBy(static one => one.Priority).Select(static one => new PublishedSrv(one.Host, one.Port))]);
    }

    /// <summary>What a domain publishes by MTA-STS: the record that announces a policy, and the policy, fetched.</summary>
    public async ValueTask<PublishedSts> FindStsAsync(Domain domain, CancellationToken cancellationToken)
    {
        var answer = await _dns.FindTextAsync("_mta-sts." + domain.Name, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return new PublishedSts(null, null, $"the DNS does not say whether _mta-sts.{domain} is there: {answer.Reason}") { IsUnknown = true };
        if (StsText.FindId(answer.Records) is not { } id)
        {
            return new PublishedSts(null, null, answer.Records.Any(static text => text.StartsWith("v=STS", StringComparison.OrdinalIgnoreCase))
                ? $"the TXT record of _mta-sts.{domain} is malformed, or there is more than one (RFC 8461 §3.1)"
                : null);
        }

        using var deadline = new CancellationTokenSource(FetchPatience, _clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var fetch = await _fetcher.FetchAsync(domain, id, stop.Token);
            return new PublishedSts(id, fetch.Policy, fetch.Policy is null ? fetch.Detail ?? "the policy is not to be had" : null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PublishedSts(id, null, $"{StsFetcher.HostOf(domain)} does not answer within {FetchPatience.TotalSeconds:0} seconds");
        }
    }

    /// <summary>What DANE says of a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="isHostSecure">False when its name came by an answer that nothing proves: then nobody heeds its records.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<PublishedTlsa> FindTlsaAsync(string host, int port, bool isHostSecure, CancellationToken cancellationToken)
    {
        var verdict = await new DaneFinder(_dns).FindAsync(host, port, isHostSecure, cancellationToken);
        if (verdict.Kind == DaneKind.Unusable && await FindResolverFaultAsync(cancellationToken) is { } fault)
            return new PublishedTlsa(TlsaMeaning.Untold, [], [], fault);
        if (verdict.Kind != DaneKind.None) return PublishedTlsa.From(verdict);

        // DANE does not look where nothing is signed; people want to know that what they put there does nothing.
        var unsigned = await _dns.FindTlsaAsync(host, port, cancellationToken);
        return unsigned.Outcome == DnsOutcome.Found
            ? new PublishedTlsa(TlsaMeaning.NotSigned, unsigned.Records, [], verdict.Reason)
            : PublishedTlsa.From(verdict);
    }

    private static PublishedAnswer<TOut> Tell<TIn, TOut>(DnsAnswer<TIn> answer, IReadOnlyList<TOut> records) => new(
        answer.Outcome switch { DnsOutcome.Found => PublishedState.Found, DnsOutcome.Failed => PublishedState.Unknown, _ => PublishedState.Nothing },
        records,
        answer.IsSecure,
        answer.CanonicalName,
        answer.Outcome == DnsOutcome.Failed ? answer.Reason ?? "no answer" : null);
}
