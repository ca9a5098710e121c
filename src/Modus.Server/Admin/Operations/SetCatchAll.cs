using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Says where mail for unknown addresses of a domain goes; with no address it is refused again.</summary>
internal sealed class SetCatchAll()
    : AdminOperation<DomainRow, Done>("domain-catch-all", AdminJson.Default.DomainRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        DomainRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var name, out var fault)) return fault;
        EmailAddress? catchAll = null;
        if (request.CatchAll is not null && !NameParsing.TryAddress(request.CatchAll, out catchAll, out fault)) return fault;

        var outcome = await ports.Directory.SetCatchAllAsync(name, catchAll, cancellationToken);
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"Domain {name}");
        return new Done(catchAll is null
            ? $"Mail for unknown addresses of {name} is refused."
            : $"Mail for unknown addresses of {name} goes to {catchAll}.");
    }
}
