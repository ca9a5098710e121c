using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Makes a private authority.</summary>
internal sealed class CreateAuthority() : CertificateOperation<AuthorityWish, IssuedRow>(
    "ca-create", AdminJson.Default.AuthorityWish, AdminJson.Default.AdminReplyIssuedRow)
{
    protected override ValueTask<AdminReply<IssuedRow>> RunAsync(AuthorityWish request, CertificatePorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Run(request, ports));

    private static AdminReply<IssuedRow> Run(AuthorityWish request, CertificatePorts ports)
    {
        if (!CertificateFaults.KeyTypes.TryGetValue(request.Key, out var key)) return AdminFault.Invalid($"'{request.Key}' is no kind of key.");
        if (!CertificateFaults.TryHosts(request.Domains, out var domains, out var fault)) return fault!;
        if (domains.Exists(static domain => domain.StartsWith('*'))) return AdminFault.Invalid("Name domains without *: each stands for all that is below it.");
        var plan = new AuthorityPlan(request.Name, key, TimeProvider.System.GetUtcNow().AddDays(request.Days), ports.Caller)
        {
            Subject = request.Subject, Domains = domains,
        };
        var answer = ports.Authorities.Create(plan);
        return answer.Pem is { } pem
            ? new IssuedRow(pem, $"The authority {request.Name} is made; its key stays here. Give this certificate to those that are to trust it (`modus peer add … --level verify --authorities FILE`).")
            : new AdminFault(AdminFaultKind.NotAllowed, answer.Reason!);
    }
}

/// <summary>Issues a certificate: for somebody's request, or for this server, which serves it at once.</summary>
internal sealed class IssueCertificate() : CertificateOperation<IssueWish, IssuedRow>(
    "ca-issue", AdminJson.Default.IssueWish, AdminJson.Default.AdminReplyIssuedRow)
{
    protected override async ValueTask<AdminReply<IssuedRow>> RunAsync(IssueWish request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (!Enum.TryParse<CertificateUsages>(request.Usage, ignoreCase: true, out var usages) || usages == CertificateUsages.None)
            return AdminFault.Invalid($"'{request.Usage}' is no usage: write server, client or both.");
        if (!CertificateFaults.TryHosts(request.Hosts, out var hosts, out var fault)) return fault!;
        var notAfter = TimeProvider.System.GetUtcNow().AddDays(request.Days);
        if (request.RequestPem is { } pem)
        {
            if (!TryRead(pem, out var publicKey, out var named)) return AdminFault.Invalid("That is no request for a certificate (PKCS #10, PEM), or its signature is not good.");
            if (hosts.Count == 0 && !CertificateFaults.TryHosts(named, out hosts, out fault)) return fault!;
            if (hosts.Count == 0) return AdminFault.Invalid("The request names no host: name one.");
            var given = ports.Authorities.Issue(new AuthorityOrder(request.Authority, publicKey, hosts, usages, notAfter, ports.Caller));
            return given.Pem is null
                ? new AdminFault(AdminFaultKind.NotAllowed, given.Reason!)
                : new IssuedRow(given.Pem, $"Issued for {string.Join(", ", hosts)}. The authority's certificate is behind it.");
        }

        if (request is not { Name: { } name, Key: { } kind } || !CertificateFaults.KeyTypes.TryGetValue(kind, out var type))
            return AdminFault.Invalid("Name the certificate, and the kind of its key.");
        if (hosts.Count == 0) return AdminFault.Invalid("Name a host that it is for.");
        if (!usages.HasFlag(CertificateUsages.Server)) return AdminFault.Invalid("One for clients alone is not served here: take --usage both, or --csr or --out for somebody else's.");
        using var key = KeyTypes.Create(type);
        var answer = ports.Authorities.Issue(new AuthorityOrder(
            request.Authority, ServerRequest.Create(key, hosts, []).PublicKey, hosts, usages, notAfter, ports.Caller));
        if (answer.Pem is null) return new AdminFault(AdminFaultKind.NotAllowed, answer.Reason!);

        var put = new CertificatePut(name, answer.Pem, key.ExportPkcs8PrivateKeyPem(), CertificateOrigin.Ca, ports.Caller);
        var change = await ports.Managed.PutAsync(put, cancellationToken);
        return change.Certificate is null
            ? CertificateFaults.From(change.Outcome, name, change.Faults)
            : new IssuedRow(answer.Pem, $"Issued for {string.Join(", ", hosts)}, and in place as {name}.");
    }

    private static bool TryRead(string pem, out PublicKey key, out string[] names)
    {
        (key, names) = (null!, []);
        try
        {
            // The names are looked at one by one, and of the rest nothing is taken over.
            var request = CertificateRequest.LoadSigningRequestPem(
                pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
            key = request.PublicKey;
            names = [.. request.CertificateExtensions.Where(static one => one.Oid?.Value == "2.5.29.17")
                .SelectMany(static one => new X509SubjectAlternativeNameExtension(one.RawData).EnumerateDnsNames())];
            return true;
        }
        catch (Exception unusable) when (unusable is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}

/// <summary>Lists the private authorities and what they have issued.</summary>
internal sealed class ListAuthorities() : CertificateOperation<AuthorityQuery, AuthorityRow[]>(
    "ca-list", AdminJson.Default.AuthorityQuery, AdminJson.Default.AdminReplyAuthorityRowArray)
{
    protected override ValueTask<AdminReply<AuthorityRow[]>> RunAsync(AuthorityQuery request, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var names = request.Name is null ? ports.Authorities.Names : [request.Name];
        PrivateAuthority[] found = [.. names.Select(ports.Authorities.Find).OfType<PrivateAuthority>()];
        return ValueTask.FromResult<AdminReply<AuthorityRow[]>>(found.Length == 0 && request.Name is not null
            ? AdminFault.NotFound($"There is no authority {request.Name}. `modus cert ca list` shows those there are.")
            : found.Select(Describe).ToArray());
    }

    private static AuthorityRow Describe(PrivateAuthority authority)
    {
        var row = new AuthorityRow(
            authority.Name, [.. authority.Domains], Describe(authority.Certificate), [.. authority.Issued.Select(Describe)]);
        authority.Certificate.Dispose();
        foreach (var one in authority.Issued) one.Dispose();
        return row;
    }

    private static AuthorityCertificateRow Describe(X509Certificate2 certificate) => new(
        certificate.Subject,
        certificate.SerialNumber.ToLowerInvariant(),
        CertificateDescription.NamesOf(certificate),
        certificate.NotAfter.ToUniversalTime(),
        Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA256)),
        KeyPin.Of(certificate),
        certificate.ExportCertificatePem() + "\n");
}
