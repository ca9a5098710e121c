using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns;

/// <summary>Finds what the DNS has at one name, proven as the options want it, and keeps it. Thread-safe.</summary>
internal sealed class DnsLinks(
    IDnsUpstream upstream, ReplyJudge judge, DnsOptions options, TimeProvider clock, ILogger<DnsLinks> log)
{
    // A proof takes several questions, each of which may take its time; who waits for mail to go has other mail.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ExpiringCache<(DnsName, DnsType), DnsLink> _known = new(options.MaxCachedAnswers, clock);

    public async ValueTask<DnsLink> FindAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        if (_known.TryGet((name, type), out var known)) return known;
        var link = await FindInTimeAsync(name, type, cancellationToken);
        _known.Put((name, type), link, link.Expires);
        return link;
    }

    private async ValueTask<DnsLink> FindInTimeAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return options.Validation == DnsValidation.Here
                ? await FindProvenAsync(name, type, stop.Token)
                : await FindAsToldAsync(name, type, stop.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DnsLink.Failed($"the answer takes longer than {Patience.TotalSeconds} s", clock.GetUtcNow() + DnsTtl.Failure);
        }
    }

    private async ValueTask<DnsLink> FindProvenAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var reply = await upstream.AskAsync(name, type, ChainOfTrust.Flags, cancellationToken);
        if (reply.Message is not { } message) return DnsLink.Failed(reply.Reason!, clock.GetUtcNow() + DnsTtl.Failure);
        var link = await judge.JudgeAsync(name, type, message, new QuestionBudget(), cancellationToken);
        if (link.Outcome == DnsOutcome.Failed) DnsLog.Bogus(log, name, type, link.Reason!);
        return link;
    }

    private async ValueTask<DnsLink> FindAsToldAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        const DnsQuestionFlags Flags = DnsQuestionFlags.RecursionDesired | DnsQuestionFlags.AuthenticData;
        var reply = await upstream.AskAsync(name, type, Flags, cancellationToken);
        if (reply.Message is not { } message) return DnsLink.Failed(reply.Reason!, clock.GetUtcNow() + DnsTtl.Failure);
        var link = ReplyJudge.Read(name, type, message, clock.GetUtcNow());
        var isSecure = IsVouchedFor(reply);

        // What is said of the whole answer need not be true of the alias that it begins with (RFC 7672 §2.2.2).
        if (link.Target is not null && !isSecure && type != DnsType.Cname && options.Validation == DnsValidation.Resolver)
            isSecure = (await FindAsync(name, DnsType.Cname, cancellationToken)).IsSecure;
        return link with { IsSecure = isSecure };
    }

    private bool IsVouchedFor(UpstreamReply reply) =>
        options.Validation == DnsValidation.Resolver
        && reply.Message!.IsAuthenticData
        && System.Net.IPAddress.IsLoopback(reply.Resolver!.Address);
}
