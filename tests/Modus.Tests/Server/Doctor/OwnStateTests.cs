using System.Net;
using System.Net.Sockets;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;
using Modus.Mail.Envelopes;
using Modus.Server.Admin.Operations;
using Modus.Server.Doctor;
using Modus.Server.TlsCheck;
using Modus.Storage;
using Modus.Tests.Server.Configuration;
using Modus.Tests.Server.TlsCheck;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>The server itself, its queue, its machine, and port 25 outwards.</summary>
public sealed class OwnStateTests : IDisposable
{
    private readonly DoctorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Mail_that_waits_long_is_a_warning_and_what_waits_a_little_is_none()
    {
        _bench.Facts = _bench.Facts with { Queue = [Waiting(TimeSpan.FromHours(9))] };
        Assert.Contains("modus queue trace Q1", DoctorBench.Said(await LookAtQueueAsync(), FindingLevel.Warning, "since 9 hours: 421 busy").Remedy);

        _bench.Facts = _bench.Facts with { Queue = [Waiting(TimeSpan.FromMinutes(5))] };
        DoctorBench.Said(await LookAtQueueAsync(), FindingLevel.Ok, "since 5 minutes");

        _bench.Facts = _bench.Facts with { Queue = [] };
        DoctorBench.Said(await LookAtQueueAsync(), FindingLevel.Ok, "No mail waits");
    }

    [Fact]
    public async Task Mail_that_is_held_and_a_queue_that_does_not_send_are_told()
    {
        _bench.Facts = _bench.Facts with
        {
            Queue = [Waiting(default) with { State = QueueState.Held }],
            Configuration = Loading.Load("""{ "hostname": "mail.example.com", "dataFolder": "/tmp", "queue": { "sending": false } }""").Configuration!,
        };

        var findings = await LookAtQueueAsync();

        Assert.Contains("modus queue release Q1", DoctorBench.Said(findings, FindingLevel.Warning, "held for a person").Remedy);
        DoctorBench.Said(findings, FindingLevel.Warning, "Nothing is sent");
    }

    [Fact]
    public async Task A_downgrade_of_the_last_days_is_a_warning_and_an_older_one_is_history()
    {
        var hop = new HopRecord { Hop = "mx.example:25", FirstSeen = default, LastSeen = default, TlsDays = 9 };
        _bench.Facts = _bench.Facts with { Hops = [hop with { DowngradedAt = DateTimeOffset.UtcNow.AddDays(-1) }, hop with { Hop = "old.example:25", DowngradedAt = DateTimeOffset.UtcNow.AddDays(-30) }] };

        var findings = await LookAtQueueAsync();

        Assert.Equal("modus dest show mx.example:25", DoctorBench.Said(findings, FindingLevel.Warning, "DOWNGRADE: mx.example:25").Remedy[0]);
        Assert.DoesNotContain(findings, static one => one.What.Contains("old.example", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nobody_is_called_for_port_25_where_mail_went_out_or_nothing_is_to_be_sent()
    {
        DoctorBench.Said(await LookOutwardsAsync(), FindingLevel.Note, "Not tried");

        _bench.Facts = _bench.Facts with { Hops = [new HopRecord { Hop = "mx.example:25", FirstSeen = default, LastSeen = DateTimeOffset.UtcNow.AddDays(-1) }] };
        DoctorBench.Said(await LookOutwardsAsync(port: 25), FindingLevel.Ok, "Open: mx.example:25 answered");

        _bench.Facts = _bench.Facts with { Routes = [new MailRoute { Domain = "*", Hosts = ["relay.example:587"] }] };
        DoctorBench.Said(await LookOutwardsAsync(), FindingLevel.Note, "Not needed");
        Assert.Empty(_bench.Dns.Asked);
    }

    [Fact]
    public async Task A_host_that_mail_waits_for_says_whether_port_25_is_open()
    {
        await using var server = new StagedServer(null, "220 mx");
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, and not listening
        _bench.Dns.Mx("elsewhere.example", new DnsAnswer<MxHost>(DnsOutcome.Found, [new("mx.elsewhere.example", 10)], false, "elsewhere.example")).Address("mx.elsewhere.example");
        _bench.Facts = _bench.Facts with { Queue = [Waiting(default) with { State = QueueState.Deferred }] };

        DoctorBench.Said(await LookOutwardsAsync(IPEndPoint.Parse(server.Place).Port), FindingLevel.Ok, "of elsewhere.example answers");
        DoctorBench.Said(await LookOutwardsAsync(((IPEndPoint)closed.LocalEndPoint!).Port), FindingLevel.Fault, "Closed, it seems");
    }

    [Fact]
    public async Task A_key_that_everybody_may_read_is_a_fault_with_the_command()
    {
        if (OperatingSystem.IsWindows()) return;
        var key = _bench.Folder.Write("mail.key", "secret");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        File.SetUnixFileMode(_bench.Folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        _bench.Facts = _bench.Facts with { Routes = [new MailRoute { Domain = "*", Hosts = ["relay.example"], PasswordFile = key }] };

        var findings = await DoctorBench.LookAsync(() => Task.FromResult(new MachineExamination(_bench.Facts).Make()));

        Assert.Equal([$"chmod o-rwx {key}"], DoctorBench.Said(findings, FindingLevel.Fault, "can read").Remedy);
        DoctorBench.Said(findings, FindingLevel.Warning, "The data folder is open");
        DoctorBench.Said(findings, FindingLevel.Ok, "Disk:");
    }

    [Fact]
    public async Task Without_a_server_a_port_that_another_program_has_is_a_fault()
    {
        await using var other = new StagedServer(null, "220 other");
        var port = IPEndPoint.Parse(other.Place).Port;
        _bench.Facts = _bench.Facts with
        {
            IsRunning = false,
            Configuration = Loading.Load($$"""{ "hostname": "mail.example.com", "dataFolder": "/tmp", "listeners": [{ "protocol": "imap", "addresses": ["127.0.0.1"], "port": {{port}}, "tls": "implicit" }] }""").Configuration!,
        };

        var findings = await LookAtServerAsync();

        Assert.Contains(DoctorBench.Said(findings, FindingLevel.Fault, "another program listens there").Remedy, line => line.Contains($"{port}", StringComparison.Ordinal));
        DoctorBench.Said(findings, FindingLevel.Warning, "No server runs");
    }

    [Fact]
    public async Task A_store_that_cannot_be_asked_and_a_certificate_that_is_not_served_are_faults()
    {
        _bench.Facts = _bench.Facts with { StoreFault = "it is somebody else's", Certificates = new CertificateListRow([], [], [new CertificateFaultRow("mail", "Expired", "It is over.")], []) };

        var findings = await LookAtServerAsync();

        DoctorBench.Said(findings, FindingLevel.Fault, "it is somebody else's");
        Assert.Equal("certificates", DoctorBench.Said(findings, FindingLevel.Fault, "mail is not served as it is now").Area);
    }

    [Fact]
    public async Task What_the_sensor_saw_is_told_with_its_place()
    {
        var now = DateTimeOffset.UtcNow;
        _bench.Facts = _bench.Facts with { Tampering = [new TamperFinding(TamperKind.MaskedOffer, "mx.example:25", now, now, 3, "It is masked.")] };

        var told = DoctorBench.Said(await LookAtTamperingAsync(), FindingLevel.Warning, "It is masked. Seen 3 times");
        Assert.Equal(["mx.example:25"], told.Where);
        Assert.Equal("modus dest probe mx.example:25", told.Remedy[0]);

        _bench.Facts = _bench.Facts with { Tampering = [] };
        DoctorBench.Said(await LookAtTamperingAsync(), FindingLevel.Ok, "Nobody was seen");
    }

    [Fact]
    public async Task Where_the_DNS_cannot_be_used_it_is_said_once_and_nothing_else_is_asked()
    {
        var tls = await TlsClients.CreateAsync(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        var plan = new DoctorPlan(_bench.Published, _bench.Connector, tls, [], TimeProvider.System);

        Assert.Contains(plan.Make(_bench.Facts, null, null), static one => one.Area == "domains");
        var without = plan.Make(_bench.Facts, null, "SERVFAIL");
        Assert.DoesNotContain(without, static one => one.Area == "domains");
        Assert.Contains(without, static one => one.Where == "resolvers");
    }

    private static QueueRow Waiting(TimeSpan age) => new(
        "Q1", 1, "<a@example.com>", "<b@elsewhere.example>", QueueState.Deferred, 100, DateTimeOffset.UtcNow - age, DateTimeOffset.UtcNow, 3, "421 busy");

    private Task<IReadOnlyList<DoctorFinding>> LookAtQueueAsync() =>
        DoctorBench.LookAsync(() => Task.FromResult(new QueueExamination(_bench.Facts, TimeProvider.System).Make()));

    private Task<IReadOnlyList<DoctorFinding>> LookAtServerAsync() => DoctorBench.LookAsync(() => Task.FromResult(new ServerExamination(_bench.Facts).Make()));

    private Task<IReadOnlyList<DoctorFinding>> LookAtTamperingAsync() => DoctorBench.LookAsync(() => Task.FromResult(new TamperExamination(_bench.Facts).Make()));

    private Task<IReadOnlyList<DoctorFinding>> LookOutwardsAsync(int port = 25) => DoctorBench.LookAsync(() => Task.FromResult(
        new OutboundExamination(_bench.Facts, _bench.Published, _bench.Connector, null, TimeProvider.System, port).Make()));
}
