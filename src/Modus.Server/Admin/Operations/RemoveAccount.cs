using Modus.Delivery.Directory;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Removes an account with all its mail.</summary>
internal sealed class RemoveAccount()
    : AdminOperation<AddressName, Done>("account-remove", AdminJson.Default.AddressName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        AddressName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        if (await ports.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return AdminFault.NotFound($"Account {address} is not there. `modus account list` shows those that are.");

        var outcome = await ports.Directory.RemoveAccountAsync(account.Id, cancellationToken);
        if (outcome == StoreOutcome.Done) await new StoredImapAccounts(ports.Directory, ports.Settings).ForgetAsync(account.Id, ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"Account {address} removed with its mail.")
            : AdminFault.From(outcome, $"Account {address}");
    }
}
