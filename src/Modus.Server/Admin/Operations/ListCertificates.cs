using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>What is served, what is managed and not served, what waits, and what is wrong.</summary>
internal sealed class ListCertificates() : CertificateOperation<CertificateQuery, CertificateListRow>(
    "cert-list", AdminJson.Default.CertificateQuery, AdminJson.Default.AdminReplyCertificateListRow)
{
    /// <summary>The origin of what is served only because nothing else can be.</summary>
    public const string LastResort = "last-resort";

    protected override ValueTask<AdminReply<CertificateListRow>> RunAsync(
        CertificateQuery request, CertificatePorts ports, CancellationToken cancellationToken) => ValueTask.FromResult(Run(request, ports));

    private static AdminReply<CertificateListRow> Run(CertificateQuery request, CertificatePorts ports)
    {
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var wrong)) return wrong!;
        using var own = ports.All.ServedCertificates is null ? ports.All.LoadCertificates?.Invoke() : null;
        if ((ports.All.ServedCertificates ?? own) is not { } store) return new AdminFault(AdminFaultKind.NotAllowed, "No certificates are loaded here.");

        var wanted = ports.Managed.List().Where(one => request.Name is null || one.Name == request.Name).ToList();
        List<CertificateRow> rows = [.. wanted.SelectMany(one => one.Keys.Select(key => Describe(one, key, store)).OfType<CertificateRow>())];
        rows.AddRange(store.Certificates
            .Where(one => one.ManagedName is null && (request.Name is null || one.Source == request.Name)).Select(one => Describe(one, store)));
        if (request.Name is not null && wanted.Count == 0 && rows.Count == 0) return CertificateFaults.NotFound(request.Name);
        var faults = store.Faults.Where(fault =>
            request.Name is null || fault.Source == request.Name || fault.Source.StartsWith(request.Name + " (", StringComparison.Ordinal));
        return new CertificateListRow(
            [.. rows],
            [.. wanted.SelectMany(static one => one.Pending.Select(key => Describe(one.Name, key)).OfType<PendingRow>())],
            [.. faults.Select(static fault => new CertificateFaultRow(fault.Source, $"{fault.Kind}", fault.Reason))],
            [.. hosts.Where(host => !IsCovered(store, host))]);
    }

    /// <summary>A managed certificate with its key, as it is on the disk; null when that cannot be read, which is among the faults.</summary>
    public static CertificateRow? Describe(ManagedCertificate certificate, ManagedKey key, CertificateStore? store)
    {
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPemFile(key.ChainFile);
            var source = $"{certificate.Name} ({(key.IsEcdsa ? "ECDSA" : "RSA")})";
            return CertificateDescription.Describe(
                certificate.Name,
                OriginOf(key.Origin),
                chain[0],
                chain.Skip(1),
                CertificateDescription.Row(certificate.Binding, CertificateDescription.NamesOf(chain[0])),
                store?.Certificates.Any(one => one.ManagedName == certificate.Name && one.Leaf.Thumbprint == chain[0].Thumbprint) ?? true,
                [.. store?.Faults.Where(fault => fault.Source == source).Select(static fault => fault.Reason) ?? [], .. key.Tolerated.Select(static kind => $"{kind}: overlooked by command.")]);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
        finally
        {
            foreach (var one in chain) one.Dispose();
        }
    }

    private static CertificateRow Describe(ServerCertificate served, CertificateStore store) => CertificateDescription.Describe(
        served.Source,
        served.IsLastResort ? LastResort : "configured",
        served.Leaf,
        served.Context.IntermediateCertificates,
        new CertificateBindingRow(
            [.. served.LocalAddresses.Select(static address => address.ToString())], [.. served.Names], [.. served.Protocols], served.IsDefault),
        isServed: true,
        [.. store.Faults.Where(fault => fault.Source == served.Source).Select(static fault => fault.Reason)]);

    private static PendingRow? Describe(string name, PendingKey key)
    {
        try
        {
            var pem = File.ReadAllText(key.RequestFile);
            var request = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, signerSignaturePadding: RSASignaturePadding.Pkcs1);
            var hash = SHA256.HashData(request.PublicKey.ExportSubjectPublicKeyInfo());
            return new PendingRow(name, key.IsEcdsa ? "ECDSA" : "RSA", key.Since, $"3 1 1 {Convert.ToHexStringLower(hash)}", pem);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string OriginOf(CertificateOrigin origin) => origin == CertificateOrigin.SelfSigned ? "self-signed" : $"{origin}".ToLowerInvariant();

    // Anywhere, at whatever protocol: where it is served, `tls explain` tells.
    private static bool IsCovered(CertificateStore store, string host) =>
        store.Certificates.Any(one => !one.IsLastResort && one.Names.Any(name => name == host || IsWildcardOver(name, host)));

    private static bool IsWildcardOver(string name, string host) =>
        name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && host[dot..] == name[1..];
}
