using Modus.Server.Acme;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>How it stands with what is planned.</summary>
internal static class AcmeReport
{
    public static readonly IReadOnlyDictionary<string, AcmeChallenge> Challenges = new Dictionary<string, AcmeChallenge>(StringComparer.Ordinal)
    {
        ["tls-alpn-01"] = AcmeChallenge.TlsAlpn01, ["http-01"] = AcmeChallenge.Http01, ["dns-01"] = AcmeChallenge.Dns01,
    };

    // Whoever asked waits at a terminal; the server goes on.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static AcmeStore StoreOf(CertificatePorts ports) => new(ports.All.Settings, ports.All.Records, TimeProvider.System);

    public static AdminFault NotFound(string name) => AdminFault.NotFound($"No certificate {name} is obtained by ACME. `modus cert acme list` shows those that are.");

    /// <summary>Has the running server obtain it, waits a while, and says how it stands.</summary>
    public static async ValueTask<AcmeRow> RunAsync(AcmePlan plan, CertificatePorts ports, CancellationToken cancellationToken)
    {
        if (ports.All.Acme is { } renewer)
            await renewer.RunAsync(plan.Name, isAsked: true).WaitAsync(Patience, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await DescribeAsync(plan, ports, cancellationToken);
    }

    public static async ValueTask<AcmeRow> DescribeAsync(AcmePlan plan, CertificatePorts ports, CancellationToken cancellationToken)
    {
        var state = await StoreOf(ports).StateAsync(plan.Name, cancellationToken);
        AcmeCertificateRow[] rows = [.. plan.Keys.Select(type => Describe(ports.Managed, plan, state, type)).OfType<AcmeCertificateRow>()];
        return new AcmeRow
        {
            Name = plan.Name,
            Account = plan.Account,
            Hosts = plan.Hosts,
            Challenge = Word(plan.Challenge),
            Hook = plan.Hook,
            Keys = [.. plan.Keys.Select(Word)],
            Profile = plan.Profile,
            ReuseKey = plan.ReuseKey,
            State = ports.All.Acme?.IsRunning(plan.Name) == true ? AcmeStanding.UnderWay
                : state.Failures > 0 ? AcmeStanding.Failing
                : rows.Length == plan.Keys.Length && state.Wanted.Length == 0 ? AcmeStanding.Obtained : AcmeStanding.Waiting,
            Certificates = rows,
            Failures = state.Failures,
            LastAttempt = state.LastAttempt,
            NextAttempt = state.Failures > 0 ? state.NotBefore : null,
            Fault = state.Fault,
            IsServerThere = ports.All.Acme is not null,
        };
    }

    public static string Word(AcmeChallenge challenge) => Challenges.First(one => one.Value == challenge).Key;

    public static string Word(KeyType type) => CertificateFaults.KeyTypes.First(one => one.Value == type).Key;

    private static AcmeCertificateRow? Describe(ManagedCertificates managed, AcmePlan plan, AcmeState state, KeyType type)
    {
        using var there = AcmeCertificate.Find(managed, plan.Name, type);
        if (there is not { IsObtained: true }) return null;
        var window = AcmeSchedule.Find(state, there);
        return new AcmeCertificateRow(Word(type), there.Leaf.NotAfter.ToUniversalTime(), AcmeSchedule.RenewAt(state, there), window?.Start, window?.End);
    }
}
