using System.Net;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Upstream;

/// <summary>The resolvers that answer questions. Thread-safe; nothing is thrown for what they do.</summary>
internal interface IDnsUpstream
{
    /// <summary>Asks until one gives an answer that can be used: NOERROR or NXDOMAIN.</summary>
    ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken);
}

/// <summary>What the resolvers said.</summary>
/// <param name="Message">The reply; null when none could be used.</param>
/// <param name="Resolver">Who gave it; null without one.</param>
/// <param name="Reason">Why there is none, in words.</param>
internal readonly record struct UpstreamReply(DnsMessage? Message, IPEndPoint? Resolver, string? Reason);
