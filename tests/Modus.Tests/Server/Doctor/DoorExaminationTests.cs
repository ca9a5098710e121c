using System.Net;
using System.Net.Sockets;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Testing;
using Modus.Tests.Server.TlsCheck;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>Listeners that answer as they should, and those that do not.</summary>
public sealed class DoorExaminationTests : IDisposable
{
    private const string Greeting = $"220 {DoctorBench.Host} ESMTP";

    private readonly DoctorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_good_one_is_good_and_so_is_what_it_shows()
    {
        using var leaf = _bench.Authority.Issue(DoctorBench.Host);
        await using var server = new StagedServer(StagedServer.Show(leaf), Greeting, "250 STARTTLS", "220 go");

        var findings = await _bench.LookAtDoorAsync(At(server));

        DoctorBench.Said(findings, FindingLevel.Ok, "Answers, STARTTLS: TLS1.3");
        Assert.Equal("certificates", DoctorBench.Said(findings, FindingLevel.Ok, "mail.example.com: good, ECDSA").Area);
    }

    [Fact]
    public async Task A_name_that_the_certificate_has_not_is_a_fault()
    {
        using var leaf = _bench.Authority.Issue(DoctorBench.Host);
        await using var server = new StagedServer(StagedServer.Show(leaf));

        var findings = await _bench.LookAtDoorAsync(At(server, "https", "implicit"), "mta-sts.example.com");

        DoctorBench.Said(findings, FindingLevel.Ok, "mail.example.com: good");
        Assert.Contains("modus tls explain --sni mta-sts.example.com", DoctorBench.Said(findings, FindingLevel.Fault, "mta-sts.example.com:").Remedy);
    }

    [Fact]
    public async Task What_is_over_or_ends_soon_is_told()
    {
        using var old = _bench.Authority.Issue(new Modus.Testing.CertificateWish { NotAfter = DateTimeOffset.UtcNow.AddHours(-1) }, DoctorBench.Host);
        using var soon = _bench.Authority.Issue(new Modus.Testing.CertificateWish { NotAfter = DateTimeOffset.UtcNow.AddHours(1) }, DoctorBench.Host);
        await using var one = new StagedServer(StagedServer.Show(old));
        await using var other = new StagedServer(StagedServer.Show(soon));

        DoctorBench.Said(await _bench.LookAtDoorAsync(At(one, "imap", "implicit")), FindingLevel.Fault, "out of its time");
        DoctorBench.Said(await _bench.LookAtDoorAsync(At(other, "imap", "implicit")), FindingLevel.Warning, "ends in 0 days");
    }

    [Fact]
    public async Task A_certificate_of_its_own_and_one_of_nobody_known_are_told_apart()
    {
        using var unknown = new TestCertificates("Another CA");
        using var leaf = unknown.Issue(DoctorBench.Host);
        var minted = SelfSignedCertificate.Create(DoctorBench.Host, DateTimeOffset.UtcNow);
        await using var one = new StagedServer(StagedServer.Show(minted));
        await using var other = new StagedServer(StagedServer.Show(leaf));

        DoctorBench.Said(await _bench.LookAtDoorAsync(At(one, "imap", "implicit")), FindingLevel.Warning, "self-signed");
        DoctorBench.Said(await _bench.LookAtDoorAsync(At(other, "imap", "implicit")), FindingLevel.Warning, "stands behind CN=Another CA");
        minted.Dispose();
    }

    [Fact]
    public async Task A_port_where_nobody_answers_is_a_fault()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // bound, and not listening: nobody else gets it

        var findings = await _bench.LookAtDoorAsync(new DoorRow("smtp", "127.0.0.1", ((IPEndPoint)taken.LocalEndPoint!).Port, "ondemand"));

        DoctorBench.Said(findings, FindingLevel.Fault, "Nobody answers there");
    }

    [Theory]
    [InlineData("Another program answers there", "220 other.example Postfix", "250 STARTTLS")]
    [InlineData("does not speak smtp", "SSH-2.0-OpenSSH")]
    [InlineData("TLS does not come about", Greeting, "250 SIZE")]
    [InlineData("TLS does not come about", Greeting, "250 STARTTLS", "454 no")]
    public async Task What_answers_wrongly_is_a_fault(string expected, params string[] lines)
    {
        await using var server = new StagedServer(null, lines);

        DoctorBench.Said(await _bench.LookAtDoorAsync(At(server)), FindingLevel.Fault, expected);
    }

    [Fact]
    public async Task A_listener_that_is_to_speak_in_clear_is_a_note()
    {
        await using var server = new StagedServer(null, Greeting, "250 SIZE");

        Assert.Equal(
            ["modus config set smtp.encryption true"],
            DoctorBench.Said(await _bench.LookAtDoorAsync(At(server, "submission", "none")), FindingLevel.Note, "in clear alone").Remedy);
    }

    private static DoorRow At(StagedServer server, string protocol = "smtp", string tls = "ondemand") =>
        new(protocol, "127.0.0.1", IPEndPoint.Parse(server.Place).Port, tls);
}
