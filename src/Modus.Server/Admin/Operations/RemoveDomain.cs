using Modus.Delivery.Authentication.Signing;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Removes a domain that has no accounts and no aliases.</summary>
internal sealed class RemoveDomain()
    : AdminOperation<DomainName, Done>("domain-remove", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var name, out var fault)) return fault;
        var outcome = await ports.Directory.RemoveDomainAsync(name, cancellationToken);
        if (outcome == StoreOutcome.NotAllowed)
        {
            return new AdminFault(
                AdminFaultKind.NotAllowed,
                $"Domain {name} has accounts or aliases. Remove them first: `modus account list {name}`, `modus alias list {name}`.");
        }

        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"Domain {name}");
        await new SigningKeys(ports.Records, TimeProvider.System).ForgetAsync(name, cancellationToken);
        return new Done($"Domain {name} removed.");
    }
}
