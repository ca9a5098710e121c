using System.Net;
using Modus.Server.Acme;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Plans a certificate that an authority issues and renews; where a server runs, it obtains it at once.</summary>
internal sealed class AddAcme() : CertificateOperation<AcmeWish, AcmeRow>("acme-add", AdminJson.Default.AcmeWish, AdminJson.Default.AdminReplyAcmeRow)
{
    private const int MaxHosts = 100; // what public authorities put into a certificate
    private static readonly CertificateBindingWish Unsaid = new(null, null, null, null);

    protected override async ValueTask<AdminReply<AcmeRow>> RunAsync(AcmeWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (TryPlan(request, ports, out var plan) is { } fault) return fault;
        var store = AcmeReport.StoreOf(ports);
        if (await store.FindAccountAsync(plan.Account, cancellationToken) is null)
            return AdminFault.NotFound($"There is no account {plan.Account}. Make it: `modus cert acme account add {plan.Account} --directory letsencrypt --contact ADDRESS --agree`.");
        var before = ports.Managed.Find(plan.Name)?.Binding;
        if (CertificateFaults.TryBind(before ?? CertificateBinding.Everywhere, request.Binding, out var binding) is { } unbound) return unbound;
        if (binding.Names.FirstOrDefault(name => !IsCovered(name, plan.Hosts)) is { } uncovered)
            return AdminFault.Invalid($"{plan.Name} is to be served for {uncovered}, which is not among its hosts: name it as a host, or give --name any.");
        if (before is not null && request.Binding != Unsaid && await BindAsync(plan.Name, binding, ports, cancellationToken) is { } refused) return refused;
        var outcome = await store.PutAsync(plan, ports.Caller, cancellationToken);
        if (outcome == StoreOutcome.TooMany) return new AdminFault(AdminFaultKind.NotAllowed, $"There are {AcmeStore.MaxPlans} certificates planned already.");
        if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The certificate {plan.Name}");
        return await AcmeReport.RunAsync(plan, ports, cancellationToken);
    }

    private static AdminFault? TryPlan(AcmeWish request, CertificatePorts ports, out AcmePlan plan)
    {
        plan = null!;
        if (!ManagedName.IsValid(request.Name)) return CertificateFaults.From(CertificateOutcome.InvalidName, request.Name);
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var fault)) return fault;
        if (hosts.Count is 0 or > MaxHosts) return AdminFault.Invalid($"Name 1 to {MaxHosts} hosts.");
        if (hosts.Find(static host => IPAddress.TryParse(host, out _)) is { } address) return AdminFault.Invalid($"{address} is no name: authorities are asked for names here.");
        if (!AcmeReport.Challenges.TryGetValue(request.Challenge, out var challenge)) return AdminFault.Invalid($"'{request.Challenge}' is no challenge: {string.Join(", ", AcmeReport.Challenges.Keys)}.");
        if (hosts.Find(static host => host.StartsWith('*')) is { } wildcard && challenge != AcmeChallenge.Dns01)
            return AdminFault.Invalid($"{wildcard} can be proven by dns-01 alone: give --challenge dns-01 --hook PROGRAM.");
        if (FindHookFault(request.Hook, challenge) is { } unfit) return unfit;
        if (request.Keys.FirstOrDefault(static word => !CertificateFaults.KeyTypes.ContainsKey(word)) is { } word) return AdminFault.Invalid($"'{word}' is no kind of key.");
        KeyType[] keys = [.. request.Keys.Select(static kind => CertificateFaults.KeyTypes[kind]).Distinct()];
        if (keys.Length is 0 or > 2 || (keys.Length == 2 && KeyTypes.IsEcdsa(keys[0]) == KeyTypes.IsEcdsa(keys[1])))
            return AdminFault.Invalid("Give one kind of key, or an ECDSA and an RSA one.");
        if (ports.All.File is { } file && FindListenerFault(challenge, file) is { } closed) return closed;
        plan = new AcmePlan
        {
            Name = request.Name, Account = request.Account, Hosts = [.. hosts.Distinct()], Challenge = challenge, Hook = request.Hook, Keys = keys,
            Profile = request.Profile, ReuseKey = request.ReuseKey, Binding = request.Binding,
        };
        return null;
    }

    // What is there already is bound now, the first one when it comes.
    private static async ValueTask<AdminFault?> BindAsync(string name, CertificateBinding binding, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var change = await ports.Managed.BindAsync(name, binding, ports.Caller, cancellationToken);
        return change.Certificate is null ? CertificateFaults.From(change.Outcome, name, change.Faults) : null;
    }

    private static bool IsCovered(string name, string[] hosts) =>
        hosts.Contains(name) || (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && hosts.Contains("*" + name[dot..]));

    private static AdminFault? FindHookFault(string? hook, AcmeChallenge challenge) => (hook, challenge) switch
    {
        (null, AcmeChallenge.Dns01) => AdminFault.Invalid("dns-01 needs a program that publishes TXT records: give --hook PROGRAM (docs/certificates.md has its contract)."),
        (not null, not AcmeChallenge.Dns01) => AdminFault.Invalid("A hook is for dns-01: give --challenge dns-01, or leave it out."),
        (not null, _) when DnsHook.FindFault(hook) is { } unfit => AdminFault.Invalid(unfit),
        _ => null,
    };

    private static AdminFault? FindListenerFault(AcmeChallenge challenge, ServerConfiguration file) => challenge switch
    {
        AcmeChallenge.Http01 when !file.Listeners.Any(static listener => listener.Protocol == ListenerProtocol.Http) => new AdminFault(
            AdminFaultKind.NotAllowed, "http-01 needs a listener on port 80: add { \"protocol\": \"http\", \"port\": 80 } to listeners in modus.json and start the server again, or take tls-alpn-01 or dns-01."),
        AcmeChallenge.TlsAlpn01 when !file.Listeners.Any(static listener => listener.Tls == TlsMode.Implicit && (listener.Protocol == ListenerProtocol.Https || listener.Port == 443)) => new AdminFault(
            AdminFaultKind.NotAllowed, "tls-alpn-01 needs a listener on port 443: add { \"protocol\": \"https\", \"port\": 443 } to listeners in modus.json and start the server again, or take http-01 or dns-01."),
        _ => null,
    };
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
