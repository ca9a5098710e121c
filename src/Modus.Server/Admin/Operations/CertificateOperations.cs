using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Server.Composition;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Takes a certificate in, or joins one to the key that waits for it.</summary>
internal sealed class ImportCertificate() : CertificateOperation<CertificateWish, CertificatePutRow>(
    "cert-import", AdminJson.Default.CertificateWish, AdminJson.Default.AdminReplyCertificatePutRow)
{
    protected override async ValueTask<AdminReply<CertificatePutRow>> RunAsync(CertificateWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var put = new CertificatePut(request.Name, request.ChainPem, request.KeyPem, CertificateOrigin.Import, ports.Caller) { Force = request.Force };
        return await PutAsync(ports, put, request.Binding, cancellationToken);
    }

    /// <summary>The same for whoever has made one.</summary>
    public static async ValueTask<AdminReply<CertificatePutRow>> PutAsync(
        CertificatePorts ports, CertificatePut put, CertificateBindingWish wish, CancellationToken cancellationToken)
    {
        var before = ports.Managed.Find(put.Name);
        if (CertificateFaults.TryBind(before?.Binding ?? CertificateBinding.Everywhere, wish, out var binding) is { } fault) return fault;
        var change = await ports.Managed.PutAsync(put with { Binding = binding }, cancellationToken);
        if (change.Certificate is not { } certificate) return CertificateFaults.From(change.Outcome, put.Name, change.Faults);
        var newest = certificate.Keys.MaxBy(static key => key.Since)!;
        return new CertificatePutRow(
            ListCertificates.Describe(certificate, newest, ports.All.ServedCertificates)!,
            [.. change.Faults.Select(static one => $"{one.Kind}: {one.Reason}")]);
    }
}

/// <summary>Says what is wrong with a certificate that is to be imported, and changes nothing.</summary>
internal sealed class CheckCertificate() : CertificateOperation<CertificateWish, CertificateCheckRow>(
    "cert-check", AdminJson.Default.CertificateWish, AdminJson.Default.AdminReplyCertificateCheckRow)
{
    protected override async ValueTask<AdminReply<CertificateCheckRow>> RunAsync(CertificateWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (CertificateFaults.TryBind(CertificateBinding.Everywhere, request.Binding, out var binding) is { } fault) return fault;
        var put = new CertificatePut(request.Name, request.ChainPem, request.KeyPem, CertificateOrigin.Import, ports.Caller) { Binding = binding };
        var faults = await ports.Managed.CheckAsync(put);
        return new CertificateCheckRow([.. faults.Select(static one => new CertificateFaultRow(one.Source, $"{one.Kind}", one.Reason))], FindUnknownIssuer(request.ChainPem));
    }

    private static string? FindUnknownIssuer(string pem)
    {
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
            return CertificateChain.FindUnknownIssuer(found);
        }
        catch (CryptographicException)
        {
            return null; // which is among the faults
        }
        finally
        {
            foreach (var one in found) one.Dispose();
        }
    }
}

/// <summary>Says what a certificate is for.</summary>
internal sealed class BindCertificate() : CertificateOperation<CertificateBindWish, Done>(
    "cert-bind", AdminJson.Default.CertificateBindWish, AdminJson.Default.AdminReplyDone)
{
    protected override async ValueTask<AdminReply<Done>> RunAsync(CertificateBindWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (ports.Managed.Find(request.Name) is not { } before) return CertificateFaults.NotFound(request.Name);
        if (CertificateFaults.TryBind(before.Binding, request.Binding, out var binding) is { } fault) return fault;
        var change = await ports.Managed.BindAsync(request.Name, binding, ports.Caller, cancellationToken);
        return change.Certificate is { } after
            ? new Done($"{request.Name} is for {after.Binding.InWords()} from now on.")
            : CertificateFaults.From(change.Outcome, request.Name, change.Faults);
    }
}

/// <summary>Removes a certificate with its keys.</summary>
internal sealed class RemoveCertificate() : CertificateOperation<CertificateRemoval, Done>(
    "cert-remove", AdminJson.Default.CertificateRemoval, AdminJson.Default.AdminReplyDone)
{
    protected override async ValueTask<AdminReply<Done>> RunAsync(CertificateRemoval request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (await AcmeReport.StoreOf(ports).FindAsync(request.Name, cancellationToken) is not null)
            return new AdminFault(AdminFaultKind.NotAllowed, $"{request.Name} is obtained by ACME and would be there again at once: first `modus cert acme remove {request.Name}`.");
        var change = await ports.Managed.RemoveAsync(request.Name, request.Force, ports.Caller, cancellationToken);
        return change.Outcome == CertificateOutcome.Done
            ? new Done($"{request.Name} is gone, with its keys.")
            : CertificateFaults.From(change.Outcome, request.Name);
    }
}

/// <summary>Makes a key, and the request for its certificate.</summary>
internal sealed class RequestCertificate() : CertificateOperation<CertificateRequestWish, CertificateRequestRow>(
    "cert-request", AdminJson.Default.CertificateRequestWish, AdminJson.Default.AdminReplyCertificateRequestRow)
{
    protected override async ValueTask<AdminReply<CertificateRequestRow>> RunAsync(CertificateRequestWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (!CertificateFaults.KeyTypes.TryGetValue(request.Key, out var key)) return AdminFault.Invalid($"'{request.Key}' is no kind of key.");
        if (request.Hosts.Length == 0) return AdminFault.Invalid("Name a host that it is for.");
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var fault)) return fault!;
        var order = new CertificateOrder(request.Name, key, hosts, ports.Caller) { Subject = request.Subject, ReuseKey = request.ReuseKey };
        var ordered = await ports.Managed.RequestAsync(order, cancellationToken);
        if (ordered.Pem is null)
            return ordered.Reason is { } reason ? new AdminFault(AdminFaultKind.NotAllowed, reason) : CertificateFaults.From(ordered.Outcome, request.Name);
        return new CertificateRequestRow(
            ordered.Pem,
            $"The key stays here. Give the request to an authority, and take in what it issues: `modus cert import FILE --for {request.Name}`.");
    }
}

/// <summary>Makes a certificate that signs itself.</summary>
internal sealed class SelfSignCertificate() : CertificateOperation<SelfSignedWish, CertificatePutRow>(
    "cert-selfsign", AdminJson.Default.SelfSignedWish, AdminJson.Default.AdminReplyCertificatePutRow)
{
    protected override async ValueTask<AdminReply<CertificatePutRow>> RunAsync(SelfSignedWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (!CertificateFaults.KeyTypes.TryGetValue(request.Key, out var key)) return AdminFault.Invalid($"'{request.Key}' is no kind of key.");
        if (request.Hosts.Length == 0) return AdminFault.Invalid("Name a host that it is for.");
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var fault)) return fault!;
        var now = TimeProvider.System.GetUtcNow();
        var made = CertificateMint.CreateSelfSigned(hosts, key, now, now.AddDays(request.Days));
        var put = new CertificatePut(request.Name, made.CertificatePem, made.KeyPem, CertificateOrigin.SelfSigned, ports.Caller);
        return await ImportCertificate.PutAsync(ports, put, request.Binding, cancellationToken);
    }
}
