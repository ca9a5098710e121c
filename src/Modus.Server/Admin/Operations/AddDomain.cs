using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Adds a domain that this server is responsible for.</summary>
internal sealed class AddDomain()
    : AdminOperation<DomainRow, Done>("domain-add", AdminJson.Default.DomainRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        DomainRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var name, out var fault)) return fault;
        EmailAddress? catchAll = null;
        if (request.CatchAll is not null && !NameParsing.TryAddress(request.CatchAll, out catchAll, out fault)) return fault;

        var outcome = await ports.Directory.AddDomainAsync(new LocalDomain(name, catchAll), cancellationToken);
        return outcome == StoreOutcome.Done ? new Done($"Domain {name} added.") : AdminFault.From(outcome, $"Domain {name}");
    }
}
