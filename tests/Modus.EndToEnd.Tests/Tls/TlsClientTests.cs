using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Server.Composition;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>Our TLS client over real sockets, at openssl s_server and at a server of ours.</summary>
[Collection(nameof(OneSetOfTlsContexts))]
public sealed class TlsClientTests : OneCertificate, IAsyncLifetime
{
    private const string Name = "mx.example.org";
    private static readonly TlsVerification Anybody = new TlsVerification.None();

    private readonly SocketConnector _sockets = new(NullLoggerFactory.Instance);
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddModusTls(static o => o.HostName = "client.test").BuildServiceProvider();

    private ITlsClient Client => _services.GetRequiredService<ITlsClient>();

    public async ValueTask InitializeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Dispose();
        _sockets.Dispose();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData("-tls1_3 -groups X25519", SslProtocols.Tls13, "x25519")]
    [InlineData("-tls1_3 -groups P-384", SslProtocols.Tls13, "secp384r1")]
    [InlineData("-tls1_2 -groups P-256", SslProtocols.Tls12, "secp256r1")]
    [InlineData("-tls1_2 -groups P-521", SslProtocols.Tls12, "secp521r1")]
    public async Task Version_and_group_are_told(string arguments, SslProtocols version, string group)
    {
        await using var server = await StartOpenSslAsync(arguments, Ca.Issue(Name));

        var result = await ShakeHandsAsync(server.EndPoint, Anybody);

        Assert.Equal((TlsClientOutcome.Encrypted, version, group), (result.Outcome, result.Session?.Protocol, result.Session?.Group));
    }

    [Fact]
    public async Task A_server_that_speaks_nothing_but_TLS_1_1_is_refused()
    {
        await using var server = await StartOpenSslAsync("-tls1_1 -cipher DEFAULT:@SECLEVEL=0", Ca.Issue(new CertificateWish { Ecdsa = false }, Name));
        Assert.Equal(TlsClientOutcome.Alert, (await ShakeHandsAsync(server.EndPoint, Anybody)).Outcome);
    }

    [Fact]
    public async Task A_server_without_a_cipher_in_common_alerts()
    {
        await using var server = await StartOpenSslAsync("-tls1_2 -cipher AES128-SHA256", Ca.Issue(Name)); // which wants an RSA key, and there is none
        var result = await ShakeHandsAsync(server.EndPoint, Anybody);
        Assert.Equal(TlsClientOutcome.Alert, result.Outcome);
        Assert.Contains("alert", result.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Who_is_verified_by_what_openssl_sends()
    {
        using var below = Ca.Intermediate();
        var leaf = below.Issue(Name);
        await using var server = await StartOpenSslAsync("", leaf, below.Authority, Ca.Authority);
        using var other = new TestCertificates("Another CA");
        (TlsVerification Verification, TlsFaultType? Fault)[] cases =
        [
            (new TlsVerification.WebPki([Name], [Ca.Authority]), null),
            (new TlsVerification.WebPki(["else.example.org"], [Ca.Authority]), TlsFaultType.CertificateHostMismatch),
            (new TlsVerification.WebPki([Name]), TlsFaultType.CertificateNotTrusted),
            (new TlsVerification.Pin([KeyPin.Of(leaf)]), null),
            (new TlsVerification.Pin([KeyPin.Of(Ca.Authority)]), TlsFaultType.ValidationFailure),
            (Dane(3, 1, leaf), null),
            (Dane(3, 0, leaf), null),
            (Dane(3, 1, Ca.Authority), TlsFaultType.ValidationFailure),
            (Dane(2, 0, Ca.Authority), null),
            (Dane(2, 1, Ca.Authority), null),
            (Dane(2, 1, below.Authority), null),
            (Dane(2, 1, other.Authority), TlsFaultType.ValidationFailure),
            (Dane(2, 1, Ca.Authority, "else.example.org"), TlsFaultType.CertificateHostMismatch),
        ];
        foreach (var (verification, fault) in cases)
        {
            var result = await ShakeHandsAsync(server.EndPoint, verification);
            Assert.Equal((fault, fault is null), (result.Fault, result.Outcome == TlsClientOutcome.Encrypted));
        }
    }

    [Fact]
    public async Task A_client_certificate_is_shown_when_it_is_asked_for()
    {
        var (authority, _) = TestCertificates.WritePem(Folder, "ca", Ca.Authority);
        await using var server = await StartOpenSslAsync($"-tls1_2 -CAfile {authority} -Verify 1 -verify_return_error", Ca.Issue(Name));
        using var mine = Ca.Issue(new CertificateWish { ForClients = true }, "gate.example.net");

        var with = await ShakeHandsAsync(server.EndPoint, Anybody, SslStreamCertificateContext.Create(mine, null, offline: true), talk: true);
        var without = await ShakeHandsAsync(server.EndPoint, Anybody);

        Assert.Equal((TlsClientOutcome.Encrypted, TlsClientOutcome.Alert), (with.Outcome, without.Outcome));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_session_goes_on_under_the_same_verification_and_no_other(string version)
    {
        var leaf = Ca.Issue(Name);
        await using var server = await StartOpenSslAsync(version, leaf);
        var name = $"{Guid.NewGuid():N}.example.org"; // the process keeps sessions by name

        var resumed = new List<bool?>();
        foreach (var verification in new[] { Anybody, Anybody, new TlsVerification.Pin([KeyPin.Of(leaf)]), new TlsVerification.Pin([KeyPin.Of(leaf)]), Anybody })
            resumed.Add((await ShakeHandsAsync(server.EndPoint, verification, talk: true, name: name)).Session?.Resumed);

        Assert.Equal([false, true, false, false, true], resumed);
    }

    [Fact]
    public async Task A_session_with_a_server_of_ours_goes_on_and_both_ends_say_so()
    {
        await using var server = await StartAsync(TlsMode.Implicit);
        var resumed = new List<bool?>();
        for (var i = 0; i < 3; i++) resumed.Add((await ShakeHandsAsync(server.At("127.0.0.1"), Anybody, talk: true, name: "a.example.org")).Session?.Resumed);

        Assert.Equal([false, true, true], resumed);
        Assert.Equal(resumed, server.Sessions.Select(static session => session.Resumed));
        Assert.All(server.Sessions, static session => Assert.NotNull(session.Group));
    }

    private static TlsVerification.Dane Dane(byte usage, byte selector, X509Certificate2 certificate, string name = Name)
    {
        var selected = selector == 0 ? certificate.RawData : certificate.PublicKey.ExportSubjectPublicKeyInfo();
        return new TlsVerification.Dane([new TlsaRecord(usage, selector, 1, SHA256.HashData(selected))], [name]);
    }

    private Task<OpenSslServer> StartOpenSslAsync(string arguments, X509Certificate2 leaf, params X509Certificate2[] chain)
    {
        var (file, key) = TestCertificates.WritePem(Folder, "mx", leaf, chain);
        return OpenSslServer.StartAsync($"-cert {file} -key {key}{(chain.Length > 0 ? $" -cert_chain {file} -no-CApath" : "")} {arguments}");
    }

    private async Task<TlsClientResult> ShakeHandsAsync(
        IPEndPoint server, TlsVerification verification, SslStreamCertificateContext? mine = null, bool talk = false, string name = Name)
    {
        var (connection, reason) = await _sockets.ConnectAsync(server, null, CancellationToken.None);
        Assert.NotNull(connection);
        Assert.Null(reason);
        var request = new TlsClientRequest { ServerName = name, Verification = verification, ClientCertificate = mine };
        var result = await Client.UpgradeAsync(connection, request, CancellationToken.None);
        if (talk && result.Session is not null) Assert.NotEqual("", await TalkAsync(connection)); // with the answer come the tickets
        await Client.CloseAsync(connection);
        await connection.DisposeAsync();
        return result;
    }

    private static async Task<string> TalkAsync(ConnectionContext connection)
    {
        await connection.Transport.Output.WriteAsync("hello\r\n"u8.ToArray());
        var read = await connection.Transport.Input.ReadAsync();
        var said = Encoding.ASCII.GetString(read.Buffer.FirstSpan);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        return said;
    }
}
