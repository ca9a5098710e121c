using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Adds an account with its standard mailboxes.</summary>
internal sealed class AddAccount()
    : AdminOperation<NewAccountRow, Done>("account-add", AdminJson.Default.NewAccountRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        NewAccountRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        if (!request.Verifier.IsSound) return AdminFault.Invalid("The password's verifier is too weak or damaged.");
        if (request.Quota is < 0) return AdminFault.Invalid("A quota cannot be negative.");

        var quota = request.Quota is 0 ? null : request.Quota;
        var added = await ports.Directory.AddAccountAsync(
            new NewAccount(address, request.Verifier.ToVerifier(), quota), cancellationToken);
        return added.Outcome switch
        {
            StoreOutcome.Done => new Done($"Account {address} added."),
            StoreOutcome.NotFound => AdminFault.NotFound(
                $"{address.Domain} is no domain of this server. Add it first: `modus domain add {address.Domain}`."),
            StoreOutcome.AlreadyExists => new AdminFault(
                AdminFaultKind.AlreadyExists, $"{address} is there already, as an account or an alias."),
            var outcome => AdminFault.From(outcome, $"Account {address}"),
        };
    }
}
