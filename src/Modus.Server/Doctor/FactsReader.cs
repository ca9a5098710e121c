using Modus.Mail.Addresses;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Server.Configuration;

namespace Modus.Server.Doctor;

/// <summary>Reads the facts, from the running server or from the store. The store is given back before the examinations begin.</summary>
internal static class FactsReader
{
    /// <summary>Domains that are looked at in one go: some twelve questions each, in a minute.</summary>
    public const int MaxDomains = 50;

    /// <summary>Rows of the queue and hops that are read: enough to say what is wrong, whatever there is of them.</summary>
    public const int MaxRows = 1000;

    public static async ValueTask<DoctorFacts> ReadAsync(
        ServerConfiguration configuration, string dataFolder, Domain? only, CancellationToken cancellationToken)
    {
        var facts = new DoctorFacts { Configuration = configuration with { DataFolder = dataFolder } };
        try
        {
            await using var channel = await AdminChannel.OpenAsync(
                dataFolder,
                ports => ports with { File = configuration, LoadCertificates = () => CertificateTrial.Load(configuration) },
                cancellationToken);
            return await ReadAsync(channel, facts, only, cancellationToken);
        }
        catch (AdminUnreachableException unreachable)
        {
            return facts with { StoreFault = unreachable.Message };
        }
    }

    private static async ValueTask<DoctorFacts> ReadAsync(IAdminChannel channel, DoctorFacts facts, Domain? only, CancellationToken cancellationToken)
    {
        async ValueTask<TResult?> Ask<TRequest, TResult>(AdminOperation<TRequest, TResult> operation, TRequest request)
            where TRequest : class
            where TResult : class => (await channel.RunAsync(operation, request, cancellationToken)).Result;

        var server = await Ask(AdminOperations.ShowServer, new NoParameters());
        var domains = (await Ask(AdminOperations.ListDomains, new NoParameters()) ?? [])
            .Select(static row => Domain.TryParse(row.Name, out var domain) ? domain : (Domain?)null)
            .OfType<Domain>().Where(domain => only is null || domain == only).ToList();
        List<AutoconfigRecordRow> services = [];
        foreach (var domain in domains.Take(MaxDomains))
            services.AddRange((await Ask(AdminOperations.ListAutoconfigRecords, new DomainName(domain.Name)))?.Records.Where(static record => record.Type == "SRV") ?? []);
        return facts with
        {
            Services = services,
            IsRunning = server?.IsRunning ?? false,
            Doors = server?.Doors ?? [],
            Tampering = server?.Tampering ?? [],
            Domains = [.. domains.Take(MaxDomains)],
            MoreDomains = Math.Max(domains.Count - MaxDomains, 0),
            Keys = await Ask(AdminOperations.ListDkimKeys, new OptionalDomain(only?.Name)) ?? [],
            Policies = await Ask(AdminOperations.ListSts, new OptionalDomain(null)) ?? [],
            ReportAddress = (await Ask(AdminOperations.SetTlsReportAddress, new TlsReportAddressWish(null, None: false)))?.Address,
            Routes = await Ask(AdminOperations.ListRoutes, new NoParameters()) ?? [],
            Hops = await Ask(AdminOperations.ListHops, new HopQuery(null, MaxRows)) ?? [],
            Queue = await Ask(AdminOperations.ListQueue, new QueueQuery(null, null, null, MaxRows)) ?? [],
            Certificates = await Ask(AdminOperations.ListCertificates, new CertificateQuery(null, [])),
        };
    }
}
