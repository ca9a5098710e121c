using System.Security.Cryptography;
using Modus.Server.Acme;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Makes an account, whose key stays here; the authority hears of it with the first order.</summary>
internal sealed class AddAcmeAccount() : AdminOperation<AcmeAccountWish, Done>("acme-account-add", AdminJson.Default.AcmeAccountWish, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(AcmeAccountWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!request.Agrees)
            return AdminFault.Invalid("Authorities issue to nobody who has not agreed to their terms: read them (they are named in its directory and on its pages), and give --agree.");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (AcmeFaults.TryAccount(request, key.ExportPkcs8PrivateKey(), TimeProvider.System.GetUtcNow(), out var account) is { } fault) return fault;

        var store = new AcmeStore(ports.Settings, ports.Records, TimeProvider.System);
        var outcome = await store.AddAccountAsync(account, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done($"The account {account.Name} at {account.Directory} is made; its key stays here. Obtain a certificate: `modus cert acme add HOST`."),
            StoreOutcome.TooMany => new AdminFault(AdminFaultKind.NotAllowed, $"There are {AcmeStore.MaxAccounts} accounts already."),
            _ => AdminFault.From(outcome, $"The account {request.Name}"),
        };
    }
}

/// <summary>Lists the accounts.</summary>
internal sealed class ListAcmeAccounts()
    : AdminOperation<NoParameters, AcmeAccountRow[]>("acme-account-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyAcmeAccountRowArray)
{
    public override async ValueTask<AdminReply<AcmeAccountRow[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new AcmeStore(ports.Settings, ports.Records, TimeProvider.System).ListAccountsAsync(cancellationToken))
            .Select(static account => new AcmeAccountRow(
                account.Name,
                account.Directory.AbsoluteUri,
                [.. account.Contacts.Select(static contact => contact.Replace("mailto:", "", StringComparison.Ordinal))],
                account.ExternalKeyId,
                account.Roots is not null,
                account.Since))
            .ToArray();
}

/// <summary>Forgets an account with its key.</summary>
internal sealed class RemoveAcmeAccount() : AdminOperation<AcmeName, Done>("acme-account-remove", AdminJson.Default.AcmeName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(AcmeName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var store = new AcmeStore(ports.Settings, ports.Records, TimeProvider.System);
        var users = (await store.ListAsync(cancellationToken)).Where(plan => plan.Account == request.Name).Select(static plan => plan.Name).ToArray();
        if (users.Length > 0)
            return new AdminFault(AdminFaultKind.NotAllowed, $"The account {request.Name} renews {string.Join(", ", users)}: remove these first (`modus cert acme remove NAME`), or give them another account.");
        return await store.RemoveAccountAsync(request.Name, cancellationToken) == StoreOutcome.Done
            ? new Done($"The account {request.Name} is forgotten with its key. At the authority it stays.")
            : AdminFault.NotFound($"There is no account {request.Name}. `modus cert acme account list` shows those there are.");
    }
}
