using System.Net;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Upstream;

/// <summary>Asks the configured resolvers one after the other, the one that answered last first.</summary>
internal sealed class DnsUpstream(DnsOptions options, TimeProvider clock) : IDnsUpstream, IDisposable
{
    private readonly SemaphoreSlim _room = new(options.MaxConcurrentQuestions);
    private IPEndPoint? _lastGood;

    public async ValueTask<UpstreamReply> AskAsync(DnsName name, DnsType type, DnsQuestionFlags flags, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken);
        try
        {
            var reason = "no resolver is configured";
            for (var attempt = 0; attempt < options.Attempts; attempt++)
            {
                foreach (var resolver in InOrder(options.Resolvers()))
                {
                    var exchange = new DnsExchange(resolver, options.Timeout, clock);
                    var (reply, fault) = await exchange.AskAsync(name, type, flags, cancellationToken);
                    if (reply is { Code: DnsResponseCode.NoError or DnsResponseCode.NoName })
                    {
                        _lastGood = resolver;
                        return new UpstreamReply(reply, resolver, null);
                    }

                    reason = $"the resolver {resolver} {fault ?? $"answers {Word(reply!.Code)}"}";
                }
            }

            return new UpstreamReply(null, null, reason);
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _room.Dispose();

    private IEnumerable<IPEndPoint> InOrder(IReadOnlyList<IPEndPoint> resolvers) =>
        _lastGood is { } good && resolvers.Contains(good) ? [good, .. resolvers.Where(other => !other.Equals(good))] : resolvers;

    private static string Word(DnsResponseCode code) => code switch
    {
        DnsResponseCode.FormatError => "FORMERR",
        DnsResponseCode.ServerFailure => "SERVFAIL",
        DnsResponseCode.NotImplemented => "NOTIMP",
        DnsResponseCode.Refused => "REFUSED",
        _ => $"with code {(int)code}",
    };
}
