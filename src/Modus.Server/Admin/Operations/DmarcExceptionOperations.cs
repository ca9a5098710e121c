using Modus.Delivery.Authentication.Dmarc;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Domain">The domain, with every domain below it.</param>
/// <param name="Note">Why, for people; null when nobody said.</param>
internal sealed record DmarcExceptionRow(string Domain, string? Note);

/// <summary>Takes mail of a domain that fails its DMARC policy.</summary>
internal sealed class AddDmarcException()
    : AdminOperation<DmarcExceptionRow, Done>("dmarc-exception-add", AdminJson.Default.DmarcExceptionRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DmarcExceptionRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        var outcome = await new DmarcExceptions(ports.Settings).PutAsync(new DmarcException(domain, request.Note), ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"Mail of {domain} and below is taken and filed though it fails DMARC; its header still says so.")
            : AdminFault.From(outcome, $"The exception for {domain}");
    }
}

/// <summary>Lists the exceptions.</summary>
internal sealed class ListDmarcExceptions()
    : AdminOperation<NoParameters, DmarcExceptionRow[]>("dmarc-exception-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyDmarcExceptionRowArray)
{
    public override async ValueTask<AdminReply<DmarcExceptionRow[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new DmarcExceptions(ports.Settings).ListAsync(cancellationToken))
            .Select(static exception => new DmarcExceptionRow(exception.Domain.Name, exception.Note)).ToArray();
}

/// <summary>Enforces the policy of a domain again.</summary>
internal sealed class RemoveDmarcException()
    : AdminOperation<DomainName, Done>("dmarc-exception-remove", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var domain, out var fault)) return fault;
        var outcome = await new DmarcExceptions(ports.Settings).RemoveAsync(domain, ports.Caller, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done($"The policy of {domain} counts again."),
            StoreOutcome.NotFound => AdminFault.NotFound($"{domain} is no exception. `modus dmarc exception list` shows those that are."),
            _ => AdminFault.From(outcome, $"The exception for {domain}"),
        };
    }
}
