using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Changes an account's password, quota, or whether it is enabled.</summary>
internal sealed class ChangeAccount()
    : AdminOperation<AccountChangeRow, Done>(
        "account-change", AdminJson.Default.AccountChangeRow, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(
        AccountChangeRow request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        if (request.Verifier is { IsSound: false }) return AdminFault.Invalid("The password's verifier is too weak or damaged.");
        if (request.Quota is < 0) return AdminFault.Invalid("A quota cannot be negative.");
        if (await ports.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return AdminFault.NotFound($"Account {address} is not there. `modus account list` shows those that are.");

        var change = new AccountChange
        {
            Verifier = request.Verifier?.ToVerifier(),
            Quota = request.Quota,
            Enabled = request.Enabled,
        };
        var outcome = await ports.Directory.ChangeAccountAsync(account.Id, change, cancellationToken);
        return outcome == StoreOutcome.Done ? new Done($"Account {address} changed.") : AdminFault.From(outcome, $"Account {address}");
    }
}
