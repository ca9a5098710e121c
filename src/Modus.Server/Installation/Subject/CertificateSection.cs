using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Installation.Subject;

/// <summary>
/// The certificates that are managed by command. They are files, so they are in place before the store's transaction, and go behind it.
/// Keys that wait for their certificate, and private authorities, are no part of the document.
/// </summary>
internal sealed class CertificateSection() : Section<CertificateItem>("certificates", InstallationJson.Default.CertificateItem)
{
    public override string? Loss => "its private keys";

    public override bool KeepsSecrets => false;

    public override int MaxItems => ManagedCertificates.MaxCertificates;

    public override string? FindRemovalFault(object present, InstallationState target, AdminPorts ports) =>
        ((CertificateItem)present).Name is var name && target[Sections.Acme].ContainsKey(name)
            ? $"{name} is here, obtained by ACME, and would be removed, to be obtained again: take it out of acme, too, or leave certificates out of the document."
            : null;

    public override async ValueTask<string?> BeforeAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (change.After is not CertificateItem after || ports.ManagedCertificates is not { } managed) return null;
        if (BindingOf(after, out var binding) is { } fault) return fault.Text;
        var missing = Missing(after, change.Before as CertificateItem).ToList();
        foreach (var key in missing)
        {
            var put = Put(after, key, binding, ports.Caller);
            if (await managed.PutAsync(put, cancellationToken) is { Certificate: null } refused) return CertificateFaults.From(refused.Outcome, after.Name, refused.Faults).Text;
        }

        if (missing.Count > 0) return null;
        var bound = await managed.BindAsync(after.Name, binding, ports.Caller, cancellationToken);
        return bound.Certificate is null ? CertificateFaults.From(bound.Outcome, after.Name, bound.Faults).Text : null;
    }

    public override async ValueTask<string?> AfterAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (change.After is not null || ports.ManagedCertificates is not { } managed) return null;
        var removed = await managed.RemoveAsync(change.Key, force: true, ports.Caller, cancellationToken);
        return removed.Outcome == CertificateOutcome.Done ? null : CertificateFaults.From(removed.Outcome, change.Key).Text;
    }

    protected override ValueTask<IEnumerable<CertificateItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) => ValueTask.FromResult(
        (ports.ManagedCertificates?.List() ?? []).Where(static one => one.Keys.Count > 0).Select(static one => new CertificateItem
        {
            Name = one.Name,
            Addresses = [.. one.Binding.Addresses.Select(static address => address.ToString())],
            Names = one.Binding.Names, Protocols = one.Binding.Protocols, Default = one.Binding.IsDefault,
            Keys = [.. one.Keys.Select(static key => new CertificateKeyItem
            {
                Origin = key.Origin, Chain = File.ReadAllText(key.ChainFile), Key = File.ReadAllText(key.KeyFile), Tolerated = key.Tolerated,
            })],
        }));

    protected override string KeyOf(CertificateItem item) => item.Name;

    protected override CertificateItem? Normalize(CertificateItem item, ItemFaults faults)
    {
        if (!ManagedName.IsValid(item.Name)) faults.Add(CertificateFaults.From(CertificateOutcome.InvalidName, item.Name));
        var kinds = item.Keys.Select(static key => IsEcdsa(key.Chain)).ToList();
        for (var i = 0; i < kinds.Count; i++)
            if (kinds[i] is null) faults.Add($"keys[{i}].chain", "is no certificate in PEM with an ECDSA or RSA key.");
        if (kinds.Count == 2 && kinds[0] == kinds[1]) faults.Add("keys", "are of one kind: one with an ECDSA key and one with an RSA key is the most.");
        if (BindingOf(item, out var binding) is { } fault) faults.Add(fault);
        else if (ManagedName.IsValid(item.Name) && !kinds.Contains(null) && kinds.Distinct().Count() == kinds.Count)
        {
            return item with
            {
                Addresses = [.. binding.Addresses.Select(static address => address.ToString()).Distinct()],
                Names = [.. binding.Names.Distinct()],
                Protocols = [.. binding.Protocols.Distinct()],
                Keys = [.. item.Keys.OrderByDescending(static key => IsEcdsa(key.Chain)).Select(static key => key with { Chain = Unix(key.Chain)!, Key = Unix(key.Key) })],
            };
        }

        return null;
    }

    protected override CertificateItem WithoutSecrets(CertificateItem item) => item with { Keys = [.. item.Keys.Select(static key => key with { Key = null })] };

    protected override CertificateItem? Complete(CertificateItem item, CertificateItem? present, out string? note)
    {
        note = null;
        var keys = item.Keys.Select(key => key.Key is null
            ? key with { Key = present?.Keys.FirstOrDefault(one => one.Chain == key.Chain)?.Key }
            : key).ToList();
        if (keys.TrueForAll(static key => key.Key is not null)) return item with { Keys = keys };
        note = present is null
            ? "is left out: the document has no private key of it. Get one here with `modus cert import`, or export with --with-secrets."
            : "is left as it is here: the document has another certificate, and no private key of that.";
        return null;
    }

    protected override async ValueTask CheckAsync(CertificateItem item, CertificateItem? present, InstallationState target, AdminPorts ports, ItemFaults faults)
    {
        if (ports.ManagedCertificates is not { } managed || BindingOf(item, out var binding) is not null) return;
        foreach (var key in Missing(item, present))
        {
            var put = Put(item, key, binding, ports.Caller);
            foreach (var fault in await managed.CheckAsync(put))
                if (!put.Force || !ManagedCertificates.IsServable(fault.Kind)) faults.Add("keys", $"{fault.Kind}: {fault.Reason}");
        }

        foreach (var old in present?.Keys ?? [])
            if (item.Keys.All(key => IsEcdsa(key.Chain) != IsEcdsa(old.Chain)))
                faults.Add("keys", $"lack the {(IsEcdsa(old.Chain) == true ? "ECDSA" : "RSA")} one that is here, which does not go alone: `modus cert remove {item.Name}` first.");
    }

    // Nothing for the store's transaction.
    protected override IEnumerable<StoreChange> ToChanges(CertificateItem? before, CertificateItem? after) => [];

    private static IEnumerable<CertificateKeyItem> Missing(CertificateItem item, CertificateItem? present) =>
        item.Keys.Where(key => present?.Keys.Any(one => one.Chain == key.Chain) != true);

    private static CertificatePut Put(CertificateItem item, CertificateKeyItem key, CertificateBinding binding, string caller) =>
        new(item.Name, key.Chain, key.Key, key.Origin, caller) { Binding = binding, Force = key.Tolerated.Count > 0 };

    private static AdminFault? BindingOf(CertificateItem item, out CertificateBinding binding) => CertificateFaults.TryBind(
        CertificateBinding.Everywhere, new CertificateBindingWish([.. item.Addresses], [.. item.Names], [.. item.Protocols], item.Default), out binding);

    private static string? Unix(string? pem) => pem?.ReplaceLineEndings("\n");

    // Null for what is no certificate.
    private static bool? IsEcdsa(string chain)
    {
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chain);
            using var ecdsa = leaf.GetECDsaPublicKey();
            using var rsa = leaf.GetRSAPublicKey();
            return ecdsa is not null ? true : rsa is not null ? false : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
