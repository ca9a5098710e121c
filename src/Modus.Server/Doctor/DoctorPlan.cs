using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Protocols.Wire;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>Says what there is to look at.</summary>
/// <param name="published">What is published.</param>
/// <param name="connector">Makes connections.</param>
/// <param name="tls">The client's side of TLS.</param>
/// <param name="trusted">Authorities that count beside the machine's.</param>
/// <param name="clock">The clock.</param>
internal sealed class DoctorPlan(PublishedRecords published, IConnector connector, ITlsClient tls, X509Certificate2Collection trusted, TimeProvider clock)
{
    /// <param name="facts">The facts.</param>
    /// <param name="outbound">The domain whose server is called to see whether port 25 is open outwards; null for none.</param>
    /// <param name="resolverFault">Why the DNS cannot be used; null when it can.</param>
    public IReadOnlyList<Examination> Make(DoctorFacts facts, Domain? outbound, string? resolverFault)
    {
        var calls = new DoorCalls(tls, connector);
        var keys = new TlsaExamination(facts.Doors.FirstOrDefault(static door => door is { Protocol: "smtp", Tls: "ondemand" }), calls, published);
        return
        [
            new ServerExamination(facts).Make(),
            new OutboundExamination(facts, published, connector, outbound, clock).Make(),
            .. facts.Doors.Where(static door => door.Port > 0).Select(door => new DoorExamination(door, NamesAt(door, facts), calls, trusted, clock).Make()),
            .. resolverFault is null ? OfDns(facts, keys) : [new ResolverExamination(resolverFault).Make()],
            new QueueExamination(facts, clock).Make(),
            new TamperExamination(facts).Make(),
            new MachineExamination(facts).Make(),
        ];
    }

    private IEnumerable<Examination> OfDns(DoctorFacts facts, TlsaExamination keys)
    {
        yield return new HostExamination(facts.Hostname, published).Make();
        foreach (var domain in facts.Domains)
        {
            yield return new DomainExamination(domain, facts, published, keys).Make();
            yield return new SenderExamination(domain, facts, published).Make();
        }
    }

    // The names that clients ask for: our own, and at https those of the policies. An MX of another name has its own look at the keys.
    private static IReadOnlyList<string> NamesAt(DoorRow door, DoctorFacts facts) => door.Protocol == "https"
        ? [facts.Hostname, .. facts.Policies.Where(policy => facts.Domains.Any(domain => domain.Name == policy.Domain)).Select(static policy => policy.Host)]
        : [facts.Hostname];
}
