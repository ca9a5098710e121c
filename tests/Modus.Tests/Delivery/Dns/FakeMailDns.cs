using System.Net;
using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Tests.Delivery.Dns;

/// <summary>The DNS as a table: what is not in it is not there, securely.</summary>
internal sealed class FakeMailDns : IMailDns
{
    private readonly Dictionary<string, object> _answers = [];

    public List<string> Asked { get; } = [];

    public FakeMailDns Mx(string domain, DnsAnswer<MxHost> answer) => Put($"MX {domain}", answer);

    public FakeMailDns Addresses(string host, DnsAnswer<IPAddress> answer) => Put($"A {host}", answer);

    /// <summary>One address of a host.</summary>
    public FakeMailDns Address(string host, bool isSecure = true, string? canonical = null, bool? isNameSecure = null) => Addresses(
        host, new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Loopback], isSecure, canonical ?? host) { IsNameSecure = isNameSecure ?? isSecure });

    public FakeMailDns Text(string name, params string[] texts) =>
        Put($"TXT {name}", new DnsAnswer<string>(texts.Length == 0 ? DnsOutcome.NoName : DnsOutcome.Found, texts, false, name));

    public FakeMailDns Tlsa(string host, bool isSecure, params TlsaRecord[] records) =>
        Put($"TLSA {host}", new DnsAnswer<TlsaRecord>(DnsOutcome.Found, records, isSecure, host));

    public FakeMailDns Services(string name, params SrvHost[] hosts) =>
        Put($"SRV {name}", new DnsAnswer<SrvHost>(hosts.Length == 0 ? DnsOutcome.NoName : DnsOutcome.Found, hosts, false, name));

    /// <summary>A question that gets no answer; the kind is MX, A, TXT, TLSA or PTR.</summary>
    public FakeMailDns Fail(string kind, string name)
    {
        _answers[$"{kind} {name}"] = "SERVFAIL";
        return this;
    }

    public ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken) => Get<MxHost>($"MX {domain}", domain);

    public ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken) => Get<IPAddress>($"A {host}", host);

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) => Get<string>($"TXT {name}", name);

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) => Get<TlsaRecord>($"TLSA {host}", host);

    public ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken) => Get<SrvHost>($"SRV {name}", name);

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken) => Get<string>($"PTR {address}", $"{address}");

    private FakeMailDns Put(string key, object answer)
    {
        _answers[key] = answer;
        return this;
    }

    private ValueTask<DnsAnswer<T>> Get<T>(string key, string name)
    {
        lock (Asked) Asked.Add(key);
        return new(_answers.GetValueOrDefault(key) switch
        {
            DnsAnswer<T> answer => answer,
            string reason => new DnsAnswer<T>(DnsOutcome.Failed, [], false, name, reason),
            _ => new DnsAnswer<T>(DnsOutcome.NoName, [], true, name),
        });
    }
}
