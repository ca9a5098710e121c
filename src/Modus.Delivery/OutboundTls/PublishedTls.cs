using Modus.Delivery.OutboundTls.Dane;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Mail.Addresses;

namespace Modus.Delivery.OutboundTls;

/// <summary>DANE and MTA-STS behind one door. Thread-safe.</summary>
internal sealed class PublishedTls(DaneFinder dane, StsFinder sts) : IPublishedTls
{
    public ValueTask<StsPolicy?> FindStsAsync(Domain domain, CancellationToken cancellationToken) => sts.FindAsync(domain, cancellationToken);

    public ValueTask<DaneVerdict> FindDaneAsync(string host, int port, bool hostIsSecure, CancellationToken cancellationToken) =>
        dane.FindAsync(host, port, hostIsSecure, cancellationToken);
}
