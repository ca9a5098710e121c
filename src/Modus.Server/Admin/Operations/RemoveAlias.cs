using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Removes an alias.</summary>
internal sealed class RemoveAlias()
    : AdminOperation<AddressName, Done>("alias-remove", AdminJson.Default.AddressName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        AddressName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        var outcome = await ports.Directory.RemoveAliasAsync(address, cancellationToken);
        return outcome == StoreOutcome.Done ? new Done($"Alias {address} removed.") : AdminFault.From(outcome, $"Alias {address}");
    }
}
