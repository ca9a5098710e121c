using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Dns;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Server.Doctor;
using Modus.Server.TlsCheck;
using Modus.Testing;
using Modus.Tests.Delivery.Dns;
using Modus.Tests.Delivery.Published;
using Modus.Tests.Server.Configuration;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>A server to be examined: its facts, and a DNS in memory that has everything as it should be.</summary>
internal sealed class DoctorBench : IDisposable
{
    public const string Host = "mail.example.com";
    public const string Address = "203.0.113.7";

    private readonly SocketConnector _connector = new(NullLoggerFactory.Instance);

    public DoctorBench()
    {
        Facts = new DoctorFacts
        {
            Configuration = Loading.Load($$"""{ "hostname": "{{Host}}", "dataFolder": "{{Folder.Path}}" }""").Configuration!,
            IsRunning = true,
            Domains = [Example],
        };
        Dns.Mx(Example.Name, new DnsAnswer<MxHost>(DnsOutcome.Found, [new(Host, 10)], true, Example.Name))
            .Addresses(Host, new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Parse(Address)], true, Host))
            .Text(Example.Name, "v=spf1 mx -all")
            .Text("_dmarc.example.com", "v=DMARC1; p=reject");
    }

    public static Domain Example { get; } = Domain.Parse("example.com");

    public TemporaryFolder Folder { get; } = new();

    public FakeMailDns Dns { get; } = new();

    public TestCertificates Authority { get; } = new();

    public DoctorFacts Facts { get; set; }

    public string? Policy { get; set; }

    public X509Certificate2Collection Trusted => [Authority.Authority];

    public PublishedRecords Published => new(Dns, new CannedPolicies(Policy), TimeProvider.System);

    public SocketConnector Connector => _connector;

    public async Task<DoorCalls> CallsAsync() =>
        new(await TlsClients.CreateAsync(TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken), _connector);

    public Task<IReadOnlyList<DoctorFinding>> LookAtDomainAsync(DoorRow? smtp = null) => LookAsync(async () =>
        new DomainExamination(Example, Facts, Published, new TlsaExamination(smtp, await CallsAsync(), Published)).Make());

    public Task<IReadOnlyList<DoctorFinding>> LookAtSenderAsync() => LookAsync(() => Task.FromResult(new SenderExamination(Example, Facts, Published).Make()));

    public Task<IReadOnlyList<DoctorFinding>> LookAtHostAsync() => LookAsync(() => Task.FromResult(new HostExamination(Host, Published).Make()));

    public Task<IReadOnlyList<DoctorFinding>> LookAtDoorAsync(DoorRow door, params string[] names) => LookAsync(async () =>
        new DoorExamination(door, [Host, .. names], await CallsAsync(), Trusted, TimeProvider.System).Make());

    public static async Task<IReadOnlyList<DoctorFinding>> LookAsync(Func<Task<Examination>> make) =>
        await new DoctorRound(TimeProvider.System).RunAsync([await make()], TestContext.Current.CancellationToken);

    /// <summary>Finds one thing that was said.</summary>
    public static DoctorFinding Said(IEnumerable<DoctorFinding> findings, FindingLevel severity, string what)
    {
        var all = findings.ToList();
        var found = all.Find(one => one.Severity == severity && one.What.Contains(what, StringComparison.Ordinal));
        Assert.True(found is not null, $"{severity} '{what}' is not among:\n{string.Join('\n', all)}");
        return found;
    }

    public void Dispose()
    {
        _connector.Dispose();
        Authority.Dispose();
        Folder.Dispose();
    }
}
