using System.Net;
using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Tests.Delivery.Remote;

/// <summary>A DNS that says what it was told.</summary>
internal sealed class FakeDns : IMailDns
{
    private readonly Dictionary<string, DnsAnswer<MxHost>> _mx = [];
    private readonly Dictionary<string, DnsAnswer<IPAddress>> _addresses = [];

    /// <summary>How often each name's mail exchangers were asked for.</summary>
    public List<string> MxQuestions { get; } = [];

    public FakeDns Mx(string domain, params (int Preference, string Host)[] hosts) =>
        Mx(domain, isSecure: false, hosts);

    public FakeDns Mx(string domain, bool isSecure, params (int Preference, string Host)[] hosts)
    {
        _mx[domain] = hosts.Length == 0
            ? new DnsAnswer<MxHost>(DnsOutcome.NoData, [], isSecure, domain)
            : new DnsAnswer<MxHost>(DnsOutcome.Found, [.. hosts.Select(static host => new MxHost(host.Host, host.Preference))], isSecure, domain);
        return this;
    }

    public FakeDns Fails(string name)
    {
        _mx[name] = new DnsAnswer<MxHost>(DnsOutcome.Failed, [], false, name, "SERVFAIL");
        _addresses[name] = new DnsAnswer<IPAddress>(DnsOutcome.Failed, [], false, name, "SERVFAIL");
        return this;
    }

    public FakeDns Host(string host, params string[] addresses)
    {
        _addresses[host] = new DnsAnswer<IPAddress>(DnsOutcome.Found, [.. addresses.Select(IPAddress.Parse)], false, host);
        return this;
    }

    public ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken)
    {
        lock (MxQuestions) MxQuestions.Add(domain);
        return new(_mx.TryGetValue(domain, out var answer) ? answer : new DnsAnswer<MxHost>(DnsOutcome.NoName, [], false, domain));
    }

    public ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken) =>
        new(_addresses.TryGetValue(host, out var answer) ? answer : new DnsAnswer<IPAddress>(DnsOutcome.NoName, [], false, host));

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken) => throw new NotSupportedException();
}
