using System.Net;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <param name="LocalAddress">The address that the client connected to; null when it does not matter.</param>
/// <param name="ServerName">The name that it asked for; null when it asked for none.</param>
/// <param name="CanEcdsa">False: it takes RSA only.</param>
/// <param name="Protocol">The protocol of the listener; null when it does not matter.</param>
internal sealed record ExplainTlsQuery(string? LocalAddress, string? ServerName, bool CanEcdsa, string? Protocol = null);

/// <param name="Explanation">The choice in one sentence.</param>
/// <param name="Rule">The rule that made it.</param>
/// <param name="Source">The file or store entry of the certificate.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Names">The names that it is served for.</param>
/// <param name="NotAfter">When it expires.</param>
/// <param name="Faults">The configured certificates that are not served as they are now, and why.</param>
/// <param name="Works">False when the client cannot use it, so that the handshake fails.</param>
internal sealed record ExplainTlsRow(
    string Explanation, string Rule, string Source, string Subject, IReadOnlyList<string> Names, DateTimeOffset NotAfter,
    IReadOnlyList<string> Faults, bool Works);

/// <summary>Says which certificate a client would get, and why.</summary>
internal sealed class ExplainTls()
    : AdminOperation<ExplainTlsQuery, ExplainTlsRow>(
        "tls-explain", AdminJson.Default.ExplainTlsQuery, AdminJson.Default.AdminReplyExplainTlsRow)
{
    public override ValueTask<AdminReply<ExplainTlsRow>> RunAsync(
        ExplainTlsQuery request, AdminPorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ports.Certificates is { } certificates
            ? Explain(certificates, request)
            : new AdminFault(AdminFaultKind.NotAllowed, "No certificates are loaded here."));

    /// <summary>The same without a server, on certificates that the caller loaded.</summary>
    public static AdminReply<ExplainTlsRow> Explain(CertificateSelector certificates, ExplainTlsQuery query)
    {
        IPAddress? address = null;
        if (query.LocalAddress is not null && !AddressText.TryRead(query.LocalAddress, out address))
            return AdminFault.Invalid($"'{query.LocalAddress}' is no IP address.");
        if (certificates.Select(address, query.ServerName, query.CanEcdsa, query.Protocol) is not { } choice)
            return AdminFault.NotFound("There is no certificate to serve. Take one in: `modus cert import`.");

        return new ExplainTlsRow(
            certificates.Explain(address, query.ServerName, query.CanEcdsa, query.Protocol),
            choice.Rule,
            choice.Certificate.Source,
            choice.Certificate.Leaf.Subject,
            choice.Certificate.Names,
            choice.Certificate.Leaf.NotAfter,
            [.. certificates.Faults.Select(fault => $"{fault.Source}: {fault.Reason}")],
            choice.Certificate.Suits(query.CanEcdsa));
    }
}
