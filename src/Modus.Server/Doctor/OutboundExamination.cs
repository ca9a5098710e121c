using System.Net;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Protocols.Wire;
using Modus.Server.TlsCheck;
using Modus.Storage;

namespace Modus.Server.Doctor;

/// <summary>
/// Whether port 25 is open outwards. Nobody is called to find out who would not be called anyway: mail that went out says it, or a host
/// that mail waits for, or one that the administrator names.
/// </summary>
/// <param name="facts">The facts.</param>
/// <param name="published">What is published.</param>
/// <param name="connector">Makes connections.</param>
/// <param name="named">The domain that the administrator names; null for none.</param>
/// <param name="clock">The clock.</param>
/// <param name="port">The port of mail between servers; another is for tests.</param>
internal sealed class OutboundExamination(
    DoctorFacts facts, PublishedRecords published, IConnector connector, Domain? named, TimeProvider clock, int port = MxChecker.StandardPort)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private const int MaxDomains = 3;
    private const int MaxAddresses = 2;

    public Examination Make() => new(DoctorArea.Server, $"port {port} outwards", LookAsync);

    private async ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (named is null && facts.Routes.FirstOrDefault(static route => route.Domain == "*") is { } route)
        {
            notes.Note($"Not needed: mail leaves by {string.Join(", ", route.Hosts)}.", $"modus dest probe {route.Hosts[0]}");
            return;
        }

        var met = facts.Hops.Where(hop => hop.Hop.EndsWith($":{port}", StringComparison.Ordinal) && now - hop.LastSeen < Recent).MaxBy(static hop => hop.LastSeen);
        if (named is null && met is not null)
        {
            notes.Ok($"Open: {met.Hop} answered at {met.LastSeen:yyyy-MM-dd HH:mm} UTC.");
            return;
        }

        var domains = named is { } one ? [one] : WaitedFor();
        if (domains.Count == 0)
        {
            notes.Note("Not tried: nothing was sent in the last week. Many providers block it; to try, name a domain whose server may be called.", "modus doctor --outbound gmail.com");
            return;
        }

        List<string> tried = [];
        foreach (var domain in domains)
        {
            foreach (var endPoint in await FindAsync(domain, cancellationToken))
            {
                if (await AnswersAsync(endPoint, tried, cancellationToken))
                {
                    notes.Ok($"Open: {endPoint} of {domain} answers.");
                    return;
                }
            }
        }

        notes.Fault(
            tried.Count == 0 ? $"Not known: the hosts of {string.Join(", ", domains)} cannot be found." : $"Closed, it seems: {string.Join("; ", tried)}. Many providers block port 25 until one asks.",
            "Ask the provider to open port 25 outwards, or send by a relay: modus route set '*' RELAY:587 --login NAME --password-file FILE");
    }

    private List<Domain> WaitedFor() =>
        [.. facts.Queue.Where(static row => row.State == QueueState.Deferred)
            .Select(static row => Domain.TryParse(row.To.Trim('<', '>').Split('@')[^1], out var domain) ? domain : (Domain?)null)
            .OfType<Domain>().Distinct().Where(domain => !facts.Routes.Any(route => route.Domain == domain.Name)).Take(MaxDomains)];

    private async ValueTask<IReadOnlyList<IPEndPoint>> FindAsync(Domain domain, CancellationToken cancellationToken)
    {
        var mx = await published.FindMxAsync(domain, cancellationToken);
        var host = mx.State == PublishedState.Found ? mx.Records[0].Host : domain.Name;
        if (host.Length == 0) return [];
        var found = await published.FindAddressesAsync(host, cancellationToken);
        return [.. found.Records.OrderBy(static one => one.AddressFamily).Take(MaxAddresses).Select(one => new IPEndPoint(one, port))];
    }

    private async ValueTask<bool> AnswersAsync(IPEndPoint endPoint, List<string> tried, CancellationToken cancellationToken)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Patience);
        try
        {
            var connected = await connector.ConnectAsync(endPoint, null, time.Token);
            if (connected.Connection is { } connection)
            {
                await connection.DisposeAsync();
                return true;
            }

            tried.Add($"{endPoint}: {connected.Reason}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            tried.Add($"{endPoint} does not answer within {Patience.TotalSeconds:0} seconds");
        }

        return false;
    }
}
