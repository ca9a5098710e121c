using System.Text;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Mail.Addresses;

namespace Modus.Tests.Delivery.Published;

/// <summary>A web server that has one policy, or none, or does not answer.</summary>
internal sealed class CannedPolicies(string? policy, bool hangs = false) : IStsFetcher
{
    public static readonly string Enforcing = "version: STSv1\r\nmode: enforce\r\nmx: mx.example\r\nmx: *.mx.example\r\nmax_age: 86400\r\n";

    public async ValueTask<StsFetch> FetchAsync(Domain domain, string id, CancellationToken cancellationToken)
    {
        if (hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
        if (policy is null) return new StsFetch(null, StsFetch.FetchError, $"https://mta-sts.{domain} answers 404");
        var (read, fault) = StsText.Parse(id, Encoding.UTF8.GetBytes(policy));
        return new StsFetch(read, read is null ? StsFetch.Invalid : null, fault);
    }
}
