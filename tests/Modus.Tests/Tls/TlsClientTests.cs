using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing;
using Modus.Testing.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class TlsClientTests : IDisposable
{
    private static readonly TlsVerification Anybody = new TlsVerification.None();

    private readonly TestCertificates _ca = new();

    public void Dispose() => _ca.Dispose();

    [Fact]
    public async Task A_handshake_tells_what_was_agreed_on()
    {
        await using var kit = new TlsClientKit();
        await kit.StartAsync();
        using var certificate = _ca.Issue("mx.example.org");

        var result = await kit.ShakeHandsAsync(TlsClientKit.Ask(Anybody), certificate);

        Assert.Equal((TlsClientOutcome.Encrypted, null), (result.Outcome, result.Reason));
        var session = result.Session!;
        Assert.Equal((SslProtocols.Tls13, "TLS1.3", false), (session.Protocol, session.ProtocolName, session.Resumed));
        Assert.Equal(certificate.RawData, session.ServerCertificate.RawData);
        Assert.Equal(KeyPin.Of(certificate), session.ServerKey);
        Assert.Same(Anybody, session.Verified);
        if (OperatingSystem.IsLinux()) Assert.Matches("^(x25519|secp256r1|X25519MLKEM768)$", session.Group);
    }

    [Fact]
    public async Task The_name_goes_along_as_SNI_and_an_address_does_not()
    {
        await using var kit = new TlsClientKit();
        using var certificate = _ca.Issue("mx.example.org");
        var asked = new List<string?>();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateSelectionCallback = (_, name) =>
            {
                asked.Add(name);
                return certificate;
            },
        };

        await kit.ShakeHandsAsync(TlsClientKit.Ask(Anybody, "mx.example.org"), TlsClientKit.Connect(), options);
        await kit.ShakeHandsAsync(TlsClientKit.Ask(Anybody, "192.0.2.1"), TlsClientKit.Connect(), options);

        Assert.Equal(["mx.example.org", ""], asked.Select(static name => name ?? ""));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_when_it_is_given_and_asked_for()
    {
        await using var kit = new TlsClientKit();
        using var certificate = _ca.Issue("mx.example.org");
        using var mine = _ca.Issue(new CertificateWish { ForClients = true }, "gate.example.net");
        var shown = new List<string?>();
        var names = 0;
        var context = SslStreamCertificateContext.Create(mine, null, offline: true);
        foreach (var isAsked in new[] { true, false })
        {
            foreach (var given in new[] { context, null })
            {
                var options = new SslServerAuthenticationOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateRequired = isAsked,
                    RemoteCertificateValidationCallback = (_, theirs, _, _) =>
                    {
                        shown.Add(theirs?.Subject);
                        return true;
                    },
                };
                var request = TlsClientKit.Ask(Anybody, $"mx{names++}.example.org"); // a name each: a resumed session has the certificate in it
                await kit.ShakeHandsAsync(request with { ClientCertificate = given }, TlsClientKit.Connect(), options);
            }
        }

        Assert.Equal(["CN=gate.example.net"], shown.Where(static subject => subject is not null));
    }

    [Fact]
    public async Task A_server_that_closes_is_told_from_one_that_alerts_and_one_that_is_silent()
    {
        var clock = new FakeTimeProvider();
        await using var kit = new TlsClientKit(clock);
        var closing = TlsRig.Unserved();
        closing.ServerHangsUp();
        var alerting = TlsRig.Unserved();
        await alerting.ServerStream.WriteAsync(new byte[] { 21, 3, 3, 0, 2, 2, 40 }); // handshake_failure
        var garbling = TlsRig.Unserved();
        await garbling.ServerStream.WriteAsync("500 5.5.1 what was that?\r\n"u8.ToArray());
        var silent = TlsRig.Unserved();
        var cut = TlsRig.Unserved();
        await cut.ServerStream.WriteAsync(new byte[] { 22, 3, 3 });
        cut.ServerHangsUp();

        Assert.Equal(TlsClientOutcome.Closed, (await TryAsync(kit, closing)).Outcome);
        Assert.Equal(TlsClientOutcome.Alert, (await TryAsync(kit, alerting)).Outcome);
        Assert.Equal(TlsClientOutcome.Alert, (await TryAsync(kit, garbling)).Outcome);
        Assert.Equal(TlsClientOutcome.Closed, (await TryAsync(kit, cut)).Outcome);
        var waiting = TryAsync(kit, silent);
        clock.Advance(TimeSpan.FromSeconds(31));
        var late = await waiting;
        Assert.Equal((TlsClientOutcome.TimedOut, null, null), (late.Outcome, late.Session, late.Fault));
    }

    [Fact]
    public async Task A_certificate_that_is_not_what_was_wanted_ends_the_handshake_with_the_reason()
    {
        await using var kit = new TlsClientKit();
        using var below = _ca.Intermediate();
        using var certificate = below.Issue("mx.example.org");
        var wanted = new TlsVerification.WebPki(["mx.example.org"], [_ca.Authority]);

        var good = await kit.ShakeHandsAsync(TlsClientKit.Ask(wanted), certificate, below.Authority);
        var alone = await kit.ShakeHandsAsync(TlsClientKit.Ask(wanted), certificate);
        var other = await kit.ShakeHandsAsync(TlsClientKit.Ask(wanted with { Names = ["mx.example.net"] }), certificate, below.Authority);

        Assert.Equal(TlsClientOutcome.Encrypted, good.Outcome);
        Assert.Equal((TlsClientOutcome.NotVerified, TlsFaultType.CertificateNotTrusted, null), (alone.Outcome, alone.Fault, alone.Session));
        Assert.Equal((TlsClientOutcome.NotVerified, TlsFaultType.CertificateHostMismatch), (other.Outcome, other.Fault));
        Assert.Equal("The server's certificate is for mx.example.org, not for mx.example.net.", other.Reason);
    }

    [Fact]
    public async Task Who_gives_up_gets_the_exception_that_it_asked_for()
    {
        await using var kit = new TlsClientKit();
        using var giveUp = new CancellationTokenSource();
        var waiting = kit.Client.UpgradeAsync(TlsRig.Unserved().ClientSide, TlsClientKit.Ask(Anybody), giveUp.Token);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
    }

    [Fact]
    public async Task Versions_before_1_2_are_refused()
    {
        await using var kit = new TlsClientKit();
        var old = TlsRig.Unserved();
        // ServerHello: version 3.2 (TLS 1.1), random, no session id, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression
        await old.ServerStream.WriteAsync((byte[])[22, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2, .. new byte[32], 0, 0xC0, 0x13, 0]);
        Assert.Equal(TlsClientOutcome.Alert, (await TryAsync(kit, old)).Outcome);
    }

    [Fact]
    public async Task The_channel_is_the_same_from_both_ends()
    {
        byte[]?[] server = [];
        using var certificate = _ca.Issue("mx.example.org");
        var folder = Directory.CreateTempSubdirectory("modus-tls-");
        var (file, key) = TestCertificates.WritePem(folder.FullName, "mx", certificate);
        await using var rig = new TlsRig(
            TlsMode.Implicit,
            async connection =>
            {
                var tls = connection.Features.Get<ITlsFeature>()!;
                server = [tls.GetChannelBinding(TlsChannelBinding.Exporter), tls.GetChannelBinding(TlsChannelBinding.ServerEndPoint), Encoding.ASCII.GetBytes(tls.Session!.Group!)];
                await connection.Transport.Input.ReadAsync();
            },
            options => options.Certificates.Add(CertificateSource.FromPem(file, key)));
        await rig.StartAsync();
        folder.Delete(recursive: true);
        await using var kit = new TlsClientKit();
        await kit.StartAsync();
        var connection = rig.Connect();

        var result = await kit.Client.UpgradeAsync(connection.ClientSide, TlsClientKit.Ask(Anybody), CancellationToken.None);
        byte[]?[] client =
        [
            kit.Client.GetChannelBinding(connection.ClientSide, TlsChannelBinding.Exporter),
            kit.Client.GetChannelBinding(connection.ClientSide, TlsChannelBinding.ServerEndPoint),
            Encoding.ASCII.GetBytes(result.Session!.Group!),
        ];
        await kit.Client.CloseAsync(connection.ClientSide);
        connection.HangUp();
        await connection.Served;

        Assert.Equal(server, client);
        Assert.Null(kit.Client.GetChannelBinding(connection.ClientSide, TlsChannelBinding.Exporter));
    }

    private static Task<TlsClientResult> TryAsync(TlsClientKit kit, InMemoryTlsConnection connection) =>
        kit.Client.UpgradeAsync(connection.ClientSide, TlsClientKit.Ask(Anybody), CancellationToken.None).AsTask();
}
