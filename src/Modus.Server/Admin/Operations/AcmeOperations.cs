using Modus.Server.Acme;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Plans a certificate that an authority issues and renews; where a server runs, it obtains it at once.</summary>
internal sealed class AddAcme() : CertificateOperation<AcmeWish, AcmeRow>("acme-add", AdminJson.Default.AcmeWish, AdminJson.Default.AdminReplyAcmeRow)
{
    private static readonly CertificateBindingWish Unsaid = new(null, null, null, null);

    protected override async ValueTask<AdminReply<AcmeRow>> RunAsync(AcmeWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (AcmeFaults.TryPlan(request, out var plan) is { } fault) return fault;
        if (AcmeFaults.FindFaultHere(plan, ports.All.File) is { } unready) return unready;
        var store = AcmeReport.StoreOf(ports);
        if (await store.FindAccountAsync(plan.Account, cancellationToken) is null)
            return AdminFault.NotFound($"There is no account {plan.Account}. Make it: `modus cert acme account add {plan.Account} --directory letsencrypt --contact ADDRESS --agree`.");
        var before = ports.Managed.Find(plan.Name)?.Binding;
        if (CertificateFaults.TryBind(before ?? CertificateBinding.Everywhere, request.Binding, out var binding) is { } unbound) return unbound;
        if (binding.Names.FirstOrDefault(name => !AcmeFaults.IsCovered(name, plan.Hosts)) is { } uncovered)
            return AcmeFaults.Uncovered(plan, uncovered);
        if (before is not null && request.Binding != Unsaid && await BindAsync(plan.Name, binding, ports, cancellationToken) is { } refused) return refused;
        var outcome = await store.PutAsync(plan, ports.Caller, cancellationToken);
        if (outcome == StoreOutcome.TooMany) return new AdminFault(AdminFaultKind.NotAllowed, $"There are {AcmeStore.MaxPlans} certificates planned already.");
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The certificate {plan.Name}");
        return await AcmeReport.RunAsync(plan, ports, cancellationToken);
    }

    // What is there already is bound now, the first one when it comes.
    private static async ValueTask<AdminFault?> BindAsync(string name, CertificateBinding binding, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var change = await ports.Managed.BindAsync(name, binding, ports.Caller, cancellationToken);
        return change.Certificate is null ? CertificateFaults.From(change.Outcome, name, change.Faults) : null;
    }
}

/// <summary>Lists what is planned, and how it stands with it.</summary>
internal sealed class ListAcme() : CertificateOperation<AcmeQuery, AcmeRow[]>("acme-list", AdminJson.Default.AcmeQuery, AdminJson.Default.AdminReplyAcmeRowArray)
{
    protected override async ValueTask<AdminReply<AcmeRow[]>> RunAsync(AcmeQuery request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var rows = new List<AcmeRow>();
        foreach (var plan in await AcmeReport.StoreOf(ports).ListAsync(cancellationToken))
            if (request.Name is null || plan.Name == request.Name) rows.Add(await AcmeReport.DescribeAsync(plan, ports, cancellationToken));
        return request.Name is null || rows.Count > 0 ? rows.ToArray() : AcmeReport.NotFound(request.Name);
    }
}

/// <summary>Obtains a certificate now, whatever its age.</summary>
internal sealed class RenewAcme() : CertificateOperation<AcmeName, AcmeRow>("acme-renew", AdminJson.Default.AcmeName, AdminJson.Default.AdminReplyAcmeRow)
{
    protected override async ValueTask<AdminReply<AcmeRow>> RunAsync(AcmeName request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (ports.All.Acme is null)
            return new AdminFault(AdminFaultKind.NotAllowed, "No server runs on this data folder, and it is the server that obtains certificates: start it first (`modus run`).");
        return await AcmeReport.StoreOf(ports).FindAsync(request.Name, cancellationToken) is { } plan
            ? await AcmeReport.RunAsync(plan, ports, cancellationToken)
            : AcmeReport.NotFound(request.Name);
    }
}

/// <summary>Renews a certificate no more.</summary>
internal sealed class RemoveAcme() : CertificateOperation<AcmeName, Done>("acme-remove", AdminJson.Default.AcmeName, AdminJson.Default.AdminReplyDone)
{
    protected override async ValueTask<AdminReply<Done>> RunAsync(AcmeName request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var outcome = await AcmeReport.StoreOf(ports).RemoveAsync(request.Name, ports.Caller, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done($"{request.Name} is renewed no more. What was issued is served until it expires, or until `modus cert remove {request.Name}`."),
            StoreOutcome.NotFound => AcmeReport.NotFound(request.Name),
            _ => AdminFault.From(outcome, $"The certificate {request.Name}"),
        };
    }
}
