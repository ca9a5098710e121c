using System.Collections.Concurrent;
using System.Net;
using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Tests.Delivery.Authentication;

/// <summary>A DNS in memory. Names that nothing was said of are not there; names that fail or hang do so for every question.</summary>
internal sealed class FakeZone : IMailDns
{
    private readonly Dictionary<string, List<string>> _texts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<IPAddress>> _addresses = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<MxHost>> _exchangers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<IPAddress, List<string>> _names = [];
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
        Get(_names, IPAddress.Parse(address)).AddRange(names);
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
        AnswerAsync("MX", domain, _exchangers.GetValueOrDefault(domain), cancellationToken);

    public ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken) =>
        AnswerAsync("A", host, _addresses.GetValueOrDefault(host), cancellationToken);

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) =>
        AnswerAsync("TXT", name, _texts.GetValueOrDefault(name), cancellationToken);

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) =>
        AnswerAsync<TlsaRecord>("TLSA", host, null, cancellationToken);

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken) =>
        AnswerAsync("PTR", address.ToString(), _names.GetValueOrDefault(address), cancellationToken);

    private async ValueTask<DnsAnswer<T>> AnswerAsync<T>(string type, string name, List<T>? records, CancellationToken cancellationToken)
    {
        Questions.Enqueue($"{type} {name}");
        if (_hanging.Contains(name)) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (_failing.Contains(name)) return new DnsAnswer<T>(DnsOutcome.Failed, [], false, name, "SERVFAIL");
        if (records is { Count: > 0 }) return new DnsAnswer<T>(DnsOutcome.Found, records, false, name);
        var isThere = _texts.ContainsKey(name) || _addresses.ContainsKey(name) || _exchangers.ContainsKey(name) || _empty.Contains(name);
        return new DnsAnswer<T>(isThere ? DnsOutcome.NoData : DnsOutcome.NoName, [], false, name);
    }

    private static List<TValue> Get<TKey, TValue>(Dictionary<TKey, List<TValue>> map, TKey key)
        where TKey : notnull
    {
        if (!map.TryGetValue(key, out var list)) map.Add(key, list = []);
        return list;
    }
}
