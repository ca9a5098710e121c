using System.Collections.Concurrent;
using System.Net;
using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Testing.Dns;

/// <summary>
/// A DNS in memory. Names that nothing was said of are not there; names that fail do so for every question that they have no records for,
/// names that hang for every question.
/// </summary>
internal sealed class FakeZone : IMailDns
{
    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<IPAddress>> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<MxHost>> _exchangers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _aliases = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _failing = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _hanging = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _empty = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What was asked, as <c>TXT name</c>.</summary>
    public ConcurrentQueue<string> Questions { get; } = [];

    public FakeZone Text(string name, params string[] texts)
    {
        Get(_texts, name).AddRange(texts);
        return this;
    }

    public FakeZone Address(string name, params string[] addresses)
    {
        Get(_addresses, name).AddRange(addresses.Select(IPAddress.Parse));
        return this;
    }

    public FakeZone Mx(string name, params string[] hosts)
    {
        Get(_exchangers, name).AddRange(hosts.Select(static host => new MxHost(host, 10)));
        return this;
    }

    public FakeZone Ptr(string address, params string[] names)
    {
        Get(_names, IPAddress.Parse(address).ToString()).AddRange(names);
        return this;
    }

    public FakeZone Alias(string name, string target)
    {
        _aliases.Add(name, target);
        return this;
    }

    /// <summary>The name is there without any record.</summary>
    public FakeZone Empty(string name)
    {
        _empty.Add(name);
        return this;
    }

    public FakeZone Fail(string name)
    {
        _failing.Add(name);
        return this;
    }

    public FakeZone Hang(string name)
    {
        _hanging.Add(name);
        return this;
    }

    public ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken) =>
        AnswerAsync("MX", domain, _exchangers, cancellationToken);

    public ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken) =>
        AnswerAsync("A", host, _addresses, cancellationToken);

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) =>
        AnswerAsync("TXT", name, _texts, cancellationToken);

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) =>
        AnswerAsync<TlsaRecord>("TLSA", host, [], cancellationToken);

    public ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken) =>
        AnswerAsync<SrvHost>("SRV", name, [], cancellationToken);

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken) =>
        AnswerAsync("PTR", address.ToString(), _names, cancellationToken);

    private async ValueTask<DnsAnswer<T>> AnswerAsync<T>(
        string type, string name, Dictionary<string, List<T>> known, CancellationToken cancellationToken)
    {
        Questions.Enqueue($"{type} {name}");
        name = _aliases.GetValueOrDefault(name, name);
        var records = known.GetValueOrDefault(name);
        if (_hanging.Contains(name)) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (records is { Count: > 0 }) return new DnsAnswer<T>(DnsOutcome.Found, records, false, name);
        if (_failing.Contains(name)) return new DnsAnswer<T>(DnsOutcome.Failed, [], false, name, "SERVFAIL");
        var isThere = _texts.ContainsKey(name) || _addresses.ContainsKey(name) || _exchangers.ContainsKey(name) || _empty.Contains(name);
        return new DnsAnswer<T>(isThere ? DnsOutcome.NoData : DnsOutcome.NoName, [], false, name);
    }

    private static List<T> Get<T>(Dictionary<string, List<T>> map, string key)
    {
        if (!map.TryGetValue(key, out var list)) map.Add(key, list = []);
        return list;
    }
}
