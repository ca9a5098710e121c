using System.Text.Json.Nodes;
using Modus.Server.Acme;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Installation.Subject;

/// <summary>Certificates that authorities issue again and again. A plan that is new or another one is carried out at once, as by command.</summary>
internal sealed class AcmeSection() : Section<AcmeItem>("acme", InstallationJson.Default.AcmeItem)
{
    public override int MaxItems => AcmeStore.MaxPlans;

    public override string? FindMissing(object item, DocumentReading reading)
    {
        var (accounts, account) = (Sections.AcmeAccounts, ((AcmeItem)item).Account);
        return reading.Paths.ContainsKey((accounts, account)) && !reading.Target[accounts].ContainsKey(account)
            ? $"is not taken over: its account {account} is left out. Make that, then `modus cert acme add`, or export with --with-secrets."
            : null;
    }

    public override ValueTask<string?> AfterAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (change.After is not null) _ = ports.Acme?.RunAsync(change.Key, isAsked: true); // the state says what comes of it
        return ValueTask.FromResult<string?>(null);
    }

    protected override async ValueTask<IEnumerable<AcmeItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await new AcmeStore(ports.Settings, ports.Records, TimeProvider.System).ListAsync(cancellationToken)).Select(From);

    protected override string KeyOf(AcmeItem item) => item.Name;

    protected override AcmeItem? Normalize(AcmeItem item, ItemFaults faults)
    {
        if ((AcmeFaults.TryPlan(ToWish(item), out var plan) ?? FindBindingFault(plan)) is not { } fault) return From(plan);
        faults.Add(fault);
        return null;
    }

    protected override ValueTask CheckAsync(AcmeItem item, AcmeItem? present, InstallationState target, AdminPorts ports, ItemFaults faults)
    {
        if (!target[Sections.AcmeAccounts].ContainsKey(item.Account)) faults.Add("account", $"{item.Account} is no account of the installation (acmeAccounts).");
        // What is here already holds up nothing, whatever became of its hook or its listener.
        var isHere = present is not null && JsonNode.DeepEquals(ToJson(item, secrets: true), ToJson(present, secrets: true));
        if (!isHere && AcmeFaults.TryPlan(ToWish(item), out var plan) is null && AcmeFaults.FindFaultHere(plan, ports.File) is { } fault)
            faults.Add(plan.Hook is null ? "challenge" : "hook", fault.Text);
        return ValueTask.CompletedTask;
    }

    protected override IEnumerable<StoreChange> ToChanges(AcmeItem? before, AcmeItem? after)
    {
        if (after is null) return AcmeStore.ToRemoval(before!.Name);
        return AcmeFaults.TryPlan(ToWish(after), out var plan) is null ? AcmeStore.ToChanges(plan, TimeProvider.System.GetUtcNow()) : [];
    }

    private static AdminFault? FindBindingFault(AcmePlan plan)
    {
        if (CertificateFaults.TryBind(CertificateBinding.Everywhere, plan.Binding!, out var binding) is { } fault) return fault;
        return binding.Names.FirstOrDefault(name => !AcmeFaults.IsCovered(name, plan.Hosts)) is { } uncovered ? AcmeFaults.Uncovered(plan, uncovered) : null;
    }

    private static AcmeWish ToWish(AcmeItem item) => new(
        item.Name, item.Account, [.. item.Hosts], item.Challenge, item.Hook, [.. item.Keys], item.Profile, item.ReuseKey,
        new CertificateBindingWish(
            item.Binding?.Addresses?.ToArray(), item.Binding?.Names?.ToArray(), item.Binding?.Protocols?.ToArray(), item.Binding?.Default));

    private static AcmeItem From(AcmePlan plan) => new()
    {
        Name = plan.Name, Account = plan.Account, Hosts = plan.Hosts, Challenge = AcmeReport.Word(plan.Challenge), Hook = plan.Hook,
        Keys = [.. plan.Keys.Select(AcmeReport.Word)], Profile = plan.Profile, ReuseKey = plan.ReuseKey, Binding = From(plan.Binding),
    };

    // In its one spelling, in which no command keeps it.
    private static AcmeBindingItem? From(CertificateBindingWish? wish)
    {
        if (wish is null or { Addresses: null, Names: null, Protocols: null, IsDefault: null }) return null;
        var isBound = CertificateFaults.TryBind(CertificateBinding.Everywhere, wish, out var binding) is null;
        return new AcmeBindingItem
        {
            Addresses = wish.Addresses is null || !isBound ? wish.Addresses : [.. binding.Addresses.Select(static address => address.ToString()).Distinct()],
            Names = wish.Names is null || !isBound ? wish.Names : [.. binding.Names.Distinct()],
            Protocols = wish.Protocols is null ? null : [.. wish.Protocols.Distinct()],
            Default = wish.IsDefault,
        };
    }
}
