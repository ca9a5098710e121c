using System.Net;
using Modus.Delivery.Dns.Wire;
using Modus.Tls;

namespace Modus.Delivery.Dns;

/// <summary>Answers mail's questions by following aliases from link to link. Thread-safe.</summary>
internal sealed class MailDns(DnsLinks links) : IMailDns
{
    // Longer chains are a mistake or a loop; Postfix and BIND follow about as many.
    private const int MaxAliases = 10;

    public ValueTask<DnsAnswer<MxHost>> FindMxAsync(string domain, CancellationToken cancellationToken) =>
        FindAsync<MxHost>(domain, DnsType.Mx, static records => [.. records.Select(DnsContent.ToMx).OfType<MxHost>()], cancellationToken);

    public async ValueTask<DnsAnswer<IPAddress>> FindAddressesAsync(string host, CancellationToken cancellationToken)
    {
        static IReadOnlyList<IPAddress> Read(IReadOnlyList<DnsRecord> records) => [.. records.Select(DnsContent.ToAddress).OfType<IPAddress>()];
        var asked6 = FindAsync(host, DnsType.Aaaa, Read, cancellationToken).AsTask();
        var asked4 = FindAsync(host, DnsType.A, Read, cancellationToken).AsTask();
        await Task.WhenAll(asked6, asked4);
        return Join(await asked6, await asked4);
    }

    public ValueTask<DnsAnswer<string>> FindTextAsync(string name, CancellationToken cancellationToken) =>
        FindAsync<string>(name, DnsType.Txt, static records => [.. records.Select(DnsContent.ToText).OfType<string>()], cancellationToken);

    public ValueTask<DnsAnswer<TlsaRecord>> FindTlsaAsync(string host, int port, CancellationToken cancellationToken) =>
        FindAsync<TlsaRecord>(
            $"_{port}._tcp.{host}", DnsType.Tlsa, static records => [.. records.Select(DnsContent.ToTlsa).OfType<TlsaRecord>()], cancellationToken);

    public ValueTask<DnsAnswer<SrvHost>> FindServicesAsync(string name, CancellationToken cancellationToken) =>
        FindAsync<SrvHost>(name, DnsType.Srv, static records => [.. records.Select(DnsContent.ToSrv).OfType<SrvHost>()], cancellationToken);

    public ValueTask<DnsAnswer<string>> FindNamesAsync(IPAddress address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        return FindAsync<string>(
            DnsName.ForAddress(address).ToString(),
            DnsType.Ptr,
            static records => [.. records.Select(DnsContent.ToName).OfType<DnsName>().Select(static name => name.ToString())],
            cancellationToken);
    }

    // When one of the two fails the other counts, if it has addresses: many servers fail at AAAA alone. An answer that has no
    // addresses beside one that failed says nothing.
    private static DnsAnswer<IPAddress> Join(DnsAnswer<IPAddress> answer6, DnsAnswer<IPAddress> answer4)
    {
        var first = answer6.Outcome != DnsOutcome.Found && answer4.Outcome is DnsOutcome.Found or DnsOutcome.Failed ? answer4 : answer6;
        var other = ReferenceEquals(first, answer4) ? answer6 : answer4;
        if (first.Outcome == DnsOutcome.Found && other.Outcome != DnsOutcome.Found) return first;
        return first with
        {
            Records = [.. first.Records, .. other.Records],
            IsSecure = first.IsSecure && other.IsSecure,
            IsNameSecure = first.IsNameSecure && other.IsNameSecure,
        };
    }

    private async ValueTask<DnsAnswer<T>> FindAsync<T>(
        string text, DnsType type, Func<IReadOnlyList<DnsRecord>, IReadOnlyList<T>> read, CancellationToken cancellationToken)
    {
        if (!DnsName.TryParse(text, out var name)) return new DnsAnswer<T>(DnsOutcome.NoName, [], false, text, $"'{text}' is no name that the DNS can have");
        var isSecure = true;
        bool? isNameSecure = null;
        for (var aliases = 0; aliases <= MaxAliases; aliases++)
        {
            var link = await links.FindAsync(name, type, cancellationToken);
            isSecure &= link.IsSecure;
            isNameSecure ??= link.IsSecure;
            if (link.Target is { } target)
            {
                name = target;
                continue;
            }

            var records = read(link.Records);
            var outcome = link.Outcome == DnsOutcome.Found && records.Count == 0 ? DnsOutcome.NoData : link.Outcome;
            return new DnsAnswer<T>(outcome, records, isSecure, name.ToString(), link.Reason) { IsNameSecure = isNameSecure.Value };
        }

        return new DnsAnswer<T>(DnsOutcome.Failed, [], false, name.ToString(), $"{text} is an alias of an alias, more than {MaxAliases} times");
    }
}
