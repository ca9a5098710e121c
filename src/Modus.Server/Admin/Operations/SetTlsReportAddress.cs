using Modus.Delivery.TlsReports;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Address">The address to set; null to leave it.</param>
/// <param name="None">Takes it away.</param>
internal sealed record TlsReportAddressWish(string? Address, bool None);

/// <param name="Address">The address to which reports come; null for none.</param>
internal sealed record TlsReportAddressRow(string? Address);

/// <summary>Shows, sets or takes away the address for TLS reports.</summary>
internal sealed class SetTlsReportAddress() : AdminOperation<TlsReportAddressWish, TlsReportAddressRow>(
    "tlsrpt-address", AdminJson.Default.TlsReportAddressWish, AdminJson.Default.AdminReplyTlsReportAddressRow)
{
    public override async ValueTask<AdminReply<TlsReportAddressRow>> RunAsync(
        TlsReportAddressWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var setting = new TlsReportAddress(ports.Settings);
        EmailAddress? address = null;
        if (request.Address is not null)
        {
            if (!NameParsing.TryAddress(request.Address, out address, out var fault)) return fault;
            if (await ports.Directory.FindDomainAsync(address.Domain, cancellationToken) is null)
                return AdminFault.NotFound($"Domain {address.Domain} is not one of this server: reports are read when they are delivered here.");
        }

        if (request.None || address is not null)
        {
            var outcome = await setting.SetAsync(address, ports.Caller, cancellationToken);
            if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, "The address");
        }

        return new TlsReportAddressRow((await setting.GetAsync(cancellationToken))?.ToString());
    }
}
