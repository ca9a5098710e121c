using System.Net;
using Modus.Server.Composition;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What can go wrong with certificates, in words, and what was asked for in types.</summary>
internal static class CertificateFaults
{
    public static readonly IReadOnlyDictionary<string, KeyType> KeyTypes = new Dictionary<string, KeyType>(StringComparer.Ordinal)
    {
        ["ecdsa"] = KeyType.EcdsaP256, ["ecdsa384"] = KeyType.EcdsaP384,
        ["rsa2048"] = KeyType.Rsa2048, ["rsa3072"] = KeyType.Rsa3072, ["rsa4096"] = KeyType.Rsa4096,
    };

    public static AdminFault NotFound(string name) =>
        AdminFault.NotFound($"There is no certificate {name} that was put by command. `modus cert list` shows all; those of modus.json are changed there.");

    /// <summary>The fault for what was not done.</summary>
    public static AdminFault From(CertificateOutcome outcome, string name, IReadOnlyList<CertificateFault>? faults = null) => outcome switch
    {
        CertificateOutcome.InvalidName => AdminFault.Invalid(
            $"'{name}' is no name for a certificate: take lower-case letters, digits, dots, hyphens and underscores, {ManagedName.MaxLength} at most."),
        CertificateOutcome.NotFound => NotFound(name),
        CertificateOutcome.TooMany => new AdminFault(
            AdminFaultKind.NotAllowed, $"There are {ManagedCertificates.MaxCertificates} certificates, and no more are taken. Remove some first."),
        CertificateOutcome.LastDefault => new AdminFault(
            AdminFaultKind.NotAllowed,
            $"{name} is the last certificate, or the default one: without it, clients to which no other fits get one of modus.json or a "
            + "self-signed one. Make another the default first (`modus cert bind NAME --default`), or insist with --force."),
        _ => Refused(faults ?? []),
    };

    /// <summary>The changed binding, or what is wrong with the change.</summary>
    public static AdminFault? TryBind(CertificateBinding before, CertificateBindingWish wish, out CertificateBinding after)
    {
        after = before;
        List<IPAddress> addresses = [];
        foreach (var text in wish.Addresses ?? [])
        {
            if (!AddressText.TryRead(text, out var address)) return AdminFault.Invalid($"'{text}' is no IP address.");
            addresses.Add(address);
        }

        if (!TryHosts(wish.Names ?? [], out var names, out var fault)) return fault;
        if (wish.Protocols?.FirstOrDefault(static word => !CertificateSources.Protocols.Contains(word)) is { } unknown)
            return AdminFault.Invalid($"'{unknown}' is no protocol: write one of {string.Join(", ", CertificateSources.Protocols)}.");
        after = new CertificateBinding
        {
            Addresses = wish.Addresses is null ? before.Addresses : addresses,
            Names = wish.Names is null ? before.Names : names,
            Protocols = wish.Protocols ?? before.Protocols,
            IsDefault = wish.IsDefault ?? before.IsDefault,
        };
        return null;
    }

    public static bool TryHosts(IReadOnlyList<string> texts, out List<string> names, out AdminFault? fault)
    {
        (names, fault) = ([], null);
        foreach (var text in texts)
        {
            if (!CertificatesSection.TryName(text, out var name) || IPAddress.TryParse(name, out _)) // which no authority takes for a name
            {
                fault = AdminFault.Invalid($"'{text}' is no host name: write one such as mail.example.com or *.example.com.");
                return false;
            }

            names.Add(name);
        }

        return true;
    }

    private static AdminFault Refused(IReadOnlyList<CertificateFault> faults)
    {
        var lines = faults.Select(static fault => $"{fault.Kind}: {fault.Reason}").Prepend("The certificate is not taken:");
        if (faults.Count > 0 && faults.All(static fault => ManagedCertificates.IsServable(fault.Kind)))
            lines = lines.Append("Insist with --force to have it served nevertheless.");
        return new AdminFault(AdminFaultKind.NotAllowed, string.Join(Environment.NewLine, lines));
    }
}
