using System.Net;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;

namespace Modus.Tests.Delivery.Dns;

/// <summary>A resolver whose replies are written down beforehand; what is not is answered by SERVFAIL.</summary>
internal sealed class ScriptedUpstream : IDnsUpstream
{
    private readonly Dictionary<(DnsName, DnsType), DnsMessage> _replies = [];

    public IPEndPoint Resolver { get; init; } = new(IPAddress.Loopback, 53);

    public List<string> Asked { get; } = [];

    /// <summary>Records as <c>owner type content</c>, of MX, CNAME, TXT, A; SOA for a denial.</summary>
    public ScriptedUpstream On(string name, DnsType type, bool isAuthentic, params string[] records)
    {
        var read = records.Select(Read).ToList();
        _replies[(DnsName.Parse(name), type)] = new DnsMessage
        {
            Id = 0, IsTruncated = false, IsAuthenticData = isAuthentic, Name = DnsName.Parse(name), Type = type,
            Code = read.Any(static record => record.Type == DnsType.Soa) ? DnsResponseCode.NoName : DnsResponseCode.NoError,
            Answers = [.. read.Where(static record => record.Type != DnsType.Soa)],
            Authorities = [.. read.Where(static record => record.Type == DnsType.Soa)],
        };
        return this;
    }

    public ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
    {
        Asked.Add($"{name} {type}");
        return new(_replies.TryGetValue((name, type), out var message)
            ? new UpstreamReply(message, Resolver, null)
            : new UpstreamReply(null, null, $"the resolver {Resolver} answers SERVFAIL"));
    }

    private static DnsRecord Read(string text)
    {
        var words = text.Split(' ', 3);
        var type = Enum.Parse<DnsType>(words[1], ignoreCase: true);
        byte[] content = type switch
        {
            DnsType.Mx => [0, byte.Parse(words[2].Split(' ')[0], null), .. DnsName.Parse(words[2].Split(' ')[1]).Wire],
            DnsType.Cname => DnsName.Parse(words[2]).Wire.ToArray(),
            DnsType.Txt => [(byte)words[2].Length, .. System.Text.Encoding.ASCII.GetBytes(words[2])],
            DnsType.Soa => [0, 0, .. new byte[16], .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder(int.Parse(words[2], null)))],
            _ => IPAddress.Parse(words[2]).GetAddressBytes(),
        };
        return new DnsRecord(DnsName.Parse(words[0]), type, 300, content);
    }
}
