using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Publishes the policy of a domain no more.</summary>
internal sealed class RemoveSts() : AdminOperation<DomainName, Done>("sts-remove", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var domain, out var fault)) return fault;
        var outcome = await new OwnStsPolicies(ports.Settings).RemoveAsync(domain, ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"The policy of {domain} is served no more. Who has fetched it keeps it until it expires: take the TXT record out, too.")
            : AdminFault.From(outcome, $"The policy of {domain}");
    }
}
