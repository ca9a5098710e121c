using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <param name="Domain">The domain.</param>
/// <param name="Mode">enforce, testing or none.</param>
/// <param name="Mx">The hosts that take its mail.</param>
/// <param name="MaxAge">How long others may keep it, in seconds.</param>
internal sealed record StsWish(string Domain, string Mode, IReadOnlyList<string> Mx, long MaxAge);

/// <param name="Domain">The domain.</param>
/// <param name="Mode">enforce, testing or none.</param>
/// <param name="Mx">The hosts that take its mail.</param>
/// <param name="MaxAge">How long others may keep it, in seconds.</param>
/// <param name="Id">What the TXT record must say.</param>
/// <param name="Host">The host that serves it.</param>
/// <param name="Record">The TXT record, as zone files have it.</param>
/// <param name="Policy">What is served.</param>
internal sealed record StsRow(
    string Domain, string Mode, IReadOnlyList<string> Mx, long MaxAge, string Id, string Host, string Record, string Policy)
{
    public static StsRow From(OwnStsPolicy policy) => new(
        policy.Domain.Name, policy.Mode, policy.MxPatterns, (long)policy.MaxAge.TotalSeconds, policy.Id, policy.Host, policy.Announcement, policy.Text);
}

/// <summary>Publishes an MTA-STS policy for a domain of this server.</summary>
internal sealed class PublishSts() : AdminOperation<StsWish, StsRow>("sts-publish", AdminJson.Default.StsWish, AdminJson.Default.AdminReplyStsRow)
{
    public override async ValueTask<AdminReply<StsRow>> RunAsync(StsWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        if (await ports.Directory.FindDomainAsync(domain, cancellationToken) is null)
            return AdminFault.NotFound($"Domain {domain} is not one of this server. `modus domain list` shows those that are.");
        if (!OwnStsPolicy.TryCreate(domain, request.Mode, request.Mx, TimeSpan.FromSeconds(request.MaxAge), out var policy, out var wrong))
            return AdminFault.Invalid($"This is no policy: {wrong}.");
        var outcome = await new OwnStsPolicies(ports.Settings).SetAsync(policy, ports.Caller, cancellationToken);
        return outcome == StoreOutcome.Done ? StsRow.From(policy) : AdminFault.From(outcome, $"The policy of {domain}");
    }
}
