using System.Buffers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Modus.Testing;
using Modus.Testing.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls;

public sealed class TlsMiddlewareTests : IDisposable
{
    private static readonly byte[] ProtocolVersionAlert = [21, 3, 1, 0, 2, 2, 70];
    private static readonly byte[] DecodeErrorAlert = [21, 3, 1, 0, 2, 2, 50];

    private readonly TestCertificates _ca = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("modus-tls-").FullName;

    public void Dispose()
    {
        _ca.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, "TLS1.2")]
    [InlineData(SslProtocols.Tls13, "TLS1.3")]
    public async Task An_implicit_listener_encrypts_before_the_session_and_says_goodbye(SslProtocols version, string name)
    {
        TlsSession? seen = null;
        await using var rig = Rig(TlsMode.Implicit, async connection =>
        {
            seen = connection.Features.Get<ITlsFeature>()!.Session;
            await EchoAsync(connection);
        });
        var connection = rig.Connect();
        await using var client = await ShakeHandsAsync(connection, version);

        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadAsync(client));
        await client.ShutdownAsync();
        connection.HangUp();
        await connection.Served;

        Assert.Equal(0, await client.ReadAsync(new byte[1])); // close_notify, not a torn connection
        Assert.Same(connection.Transport, connection.Server.Transport);
        Assert.Equal((version, "a.example.org", name), (seen!.Protocol, seen.ServerName, seen.ProtocolName));
        Assert.Equal("name; ECDSA is all there is", seen.Rule);
    }

    [Fact]
    public async Task Close_notify_is_sent_when_the_session_ends_by_itself()
    {
        await using var rig = Rig(TlsMode.Implicit, static async connection =>
        {
            connection.Transport.Output.Write("221 bye"u8); // not even flushed
            await Task.Yield();
        });
        var connection = rig.Connect();
        await using var client = await ShakeHandsAsync(connection);
        await connection.Served;

        Assert.Equal("221 bye", await ReadAsync(client));
        var raw = new byte[100];
        Assert.Equal(0, await client.ReadAsync(raw));
        Assert.DoesNotContain(rig.Log, static line => line.Id == 4108);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_write_that_the_session_left_behind_does_not_make_the_end_throw()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var inSession = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = Rig(TlsMode.Implicit, connection =>
        {
            inSession.SetResult();
            connection.Transport.Output.Write(new byte[1 << 20]); // more than the peer, who does not read, has room for
            _ = connection.Transport.Output.FlushAsync().AsTask();
            connection.Transport.Output.Write(new byte[1]);
            return Task.CompletedTask;
        }, clock: clock);
        var connection = rig.Connect();
        await using var client = await ShakeHandsAsync(connection);
        await inSession.Task; // else the clock may run out while the server still shakes hands
        while (!connection.Served.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await connection.Served.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(rig.Log, static line => line.Id == 4108);
        Assert.Same(connection.Transport, connection.Server.Transport);
    }

    [Fact]
    public async Task Close_notify_is_sent_when_the_session_throws()
    {
        await using var rig = Rig(TlsMode.Implicit, static _ => throw new InvalidOperationException("our fault"));
        var connection = rig.Connect();
        await using var client = await ShakeHandsAsync(connection);

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Served);
        Assert.Equal(0, await client.ReadAsync(new byte[1]));
        Assert.Same(connection.Transport, connection.Server.Transport);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_peer_that_does_not_read_cannot_hold_the_end()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var inSession = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = Rig(TlsMode.Implicit, async connection =>
        {
            connection.Transport.Output.Write(new byte[200_000]); // more than the pipe takes
            inSession.SetResult();
            await Task.Yield();
        }, clock: clock);
        var connection = rig.Connect();
        await using var client = await ShakeHandsAsync(connection);
        await inSession.Task; // else the clock may run out while the server still shakes hands

        while (!connection.Served.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await connection.Served.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Contains(rig.Log, static line => line.Id == 4108);
    }

    [Fact]
    public async Task On_demand_the_session_upgrades_once_and_finds_another_transport()
    {
        var seen = new List<object?>();
        await using var rig = Rig(TlsMode.OnDemand, async connection =>
        {
            var tls = connection.Features.Get<ITlsFeature>()!;
            seen.AddRange([tls.CanUpgrade, tls.IsEncrypted, tls.GetChannelBinding(TlsChannelBinding.ServerEndPoint)]);
            await connection.Transport.Output.WriteAsync("220 go"u8.ToArray());
            seen.Add(await tls.UpgradeAsync(CancellationToken.None));
            seen.AddRange([tls.CanUpgrade, tls.IsEncrypted, await tls.UpgradeAsync(CancellationToken.None)]);
            await EchoAsync(connection);
        });
        var connection = rig.Connect();
        Assert.Equal("220 go", await ReadAsync(connection.Client));
        await using var client = await ShakeHandsAsync(connection);
        await client.WriteAsync("hello"u8.ToArray());

        Assert.Equal("hello", await ReadAsync(client));
        Assert.Equal(
            [true, false, null, TlsUpgradeOutcome.Upgraded, false, true, TlsUpgradeOutcome.Failed], seen);
    }

    [Fact]
    public async Task A_listener_without_tls_says_so()
    {
        ITlsFeature? feature = null;
        await using var rig = Rig(TlsMode.None, connection =>
        {
            feature = connection.Features.Get<ITlsFeature>();
            return Task.CompletedTask;
        });
        await rig.Connect().Served;

        Assert.Equal((TlsMode.None, false, false), (feature!.Mode, feature.IsEncrypted, feature.CanUpgrade));
        Assert.Equal(TlsUpgradeOutcome.Failed, await feature.UpgradeAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Clear_text_on_an_implicit_listener_is_closed_without_a_word()
    {
        Assert.Empty(await AnswerToAsync("EHLO client\r\n"u8.ToArray(), expectedLog: 4101));
    }

    [Fact]
    public async Task Versions_before_the_floor_get_the_alert()
    {
        Assert.Equal(ProtocolVersionAlert, await AnswerToAsync(new HelloBytes { LegacyVersion = 0x0302, Versions = null }.Records(), 4102));
        Assert.Equal(ProtocolVersionAlert, await AnswerToAsync(new HelloBytes { LegacyVersion = 0x0300, Versions = null }.Records(), 4102));
        Assert.Equal(ProtocolVersionAlert, await AnswerToAsync([0x80, 0x2E, 1, 3, 1, 0, 0x15], 4102));
        Assert.Equal(ProtocolVersionAlert, await AnswerToAsync(
            new HelloBytes { Versions = [0x0303] }.Records(), 4102, static o => o.MinimumVersion = TlsVersion.Tls13));
    }

    [Fact]
    public async Task A_broken_or_endless_hello_gets_an_alert()
    {
        Assert.Equal(DecodeErrorAlert, await AnswerToAsync([22, 3, 1, 0, 0], 4103));
        Assert.Equal(DecodeErrorAlert, await AnswerToAsync([22, 3, 1, 0x40, 0, 1, 1, 0, 0], 4103));
    }

    [Theory]
    [InlineData(3, 300)]
    [InlineData(16_384, 5_000)]
    [InlineData(16_384, 40_000)]
    public async Task A_real_handshake_survives_any_cut_of_its_hello(int fragment, int padding)
    {
        // OpenSSL's side of it: our reader lets the hello through, so what it refuses is not a cut.
        await using var rig = Rig(TlsMode.Implicit, EchoAsync);
        var connection = rig.Connect();
        var hello = new HelloBytes { Padding = padding, Versions = [0x0303], ServerName = "a.example.org" }.Records(fragment);
        await connection.Client.WriteAsync(hello);
        connection.HangUp();
        await connection.Served;

        Assert.DoesNotContain(rig.Log, static line => line.Id is 4101 or 4102 or 4103);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_that_says_nothing_is_closed_at_the_deadline()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var rig = Rig(TlsMode.Implicit, EchoAsync, clock: clock);
        var silent = rig.Connect();
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(silent.Served.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(2));
        await silent.Served.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(rig.Log, static line => line.Id == 4104);
    }

    [Fact(Timeout = 30_000)]
    public async Task Half_open_handshakes_from_one_address_starve_no_other()
    {
        await using var rig = Rig(TlsMode.Implicit, EchoAsync, static o =>
        {
            o.MaxHandshakesPerAddress = 3;
            o.MaxConcurrentHandshakes = 1;
        });
        var hello = new HelloBytes { ServerName = "a.example.org" }.Records();
        var flood = Enumerable.Range(0, 10).Select(_ => rig.Connect(remote: "2001:db8::1")).ToArray();
        foreach (var half in flood.Take(3)) // the others are refused already
            await half.Client.WriteAsync(hello);
        var neighbour = rig.Connect(remote: "2001:db8::2"); // the same /64
        await neighbour.Served.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(8, rig.Log.Count(static line => line.Id == 4106));

        await using var client = await ShakeHandsAsync(rig.Connect(remote: "2001:db8:0:1::1"));
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadAsync(client));

        foreach (var half in flood)
            half.HangUp();
        await Task.WhenAll(flood.Select(static half => half.Served));
        await using var later = await ShakeHandsAsync(rig.Connect(remote: "2001:db8::1")); // its places are free again
    }

    [Fact]
    public async Task A_new_certificate_is_served_while_an_old_connection_goes_on()
    {
        await using var rig = Rig(TlsMode.Implicit, EchoAsync);
        await using var old = await ShakeHandsAsync(rig.Connect());
        using var renewed = _ca.Issue("a.example.org");
        TestCertificates.WritePem(_folder, "a", renewed);

        Assert.Empty(await rig.Store.ReloadAsync());
        await using var fresh = await ShakeHandsAsync(rig.Connect());

        Assert.Equal(renewed.Thumbprint, fresh.RemoteCertificate!.GetCertHashString());
        await old.WriteAsync("still here"u8.ToArray());
        Assert.Equal("still here", await ReadAsync(old));
    }

    [Fact]
    public async Task Both_channel_bindings_equal_the_clients()
    {
        ITlsFeature? feature = null;
        await using var rig = Rig(TlsMode.Implicit, connection =>
        {
            feature = connection.Features.Get<ITlsFeature>();
            return EchoAsync(connection);
        });
        await rig.StartAsync();
        var native = rig.Services.GetRequiredService<NativeTls>();
        Assert.True(native.Works || !OperatingSystem.IsLinux());

        await using var client = await ShakeHandsAsync(rig.Connect(), SslProtocols.Tls13);
        await client.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadAsync(client));

        Assert.Equal(native.Export(client), feature!.GetChannelBinding(TlsChannelBinding.Exporter));
        Assert.Equal(
            SHA256.HashData(client.RemoteCertificate!.GetRawCertData()), feature.GetChannelBinding(TlsChannelBinding.ServerEndPoint));
        if (native.Works)
            Assert.NotNull(native.Export(client));

        await using var older = await ShakeHandsAsync(rig.Connect(), SslProtocols.Tls12);
        await older.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello", await ReadAsync(older));
        Assert.Null(feature.GetChannelBinding(TlsChannelBinding.Exporter));
    }

    [Fact]
    public async Task Without_a_usable_certificate_a_self_signed_one_is_served()
    {
        File.WriteAllText(Path.Combine(_folder, "a.crt"), "garbage");
        var canUpgrade = false;
        await using var rig = new TlsRig(
            TlsMode.OnDemand,
            connection =>
            {
                canUpgrade = connection.Features.Get<ITlsFeature>()!.CanUpgrade;
                return Task.CompletedTask;
            },
            o => o.Certificates.Add(CertificateSource.FromPem(Path.Combine(_folder, "a.crt"))));
        await rig.Connect().Served;

        Assert.True(canUpgrade);
        Assert.Contains(rig.Log, static line => line.Id == 4003);
    }

    private TlsRig Rig(
        TlsMode mode, ConnectionDelegate session, Action<TlsOptions>? configure = null, TimeProvider? clock = null)
    {
        using var certificate = _ca.Issue("a.example.org");
        var (file, key) = TestCertificates.WritePem(_folder, "a", certificate);
        return new TlsRig(mode, session, options =>
        {
            options.Certificates.Add(CertificateSource.FromPem(file, key));
            configure?.Invoke(options);
        }, clock);
    }

    private async Task<byte[]> AnswerToAsync(byte[] bytes, int expectedLog, Action<TlsOptions>? configure = null)
    {
        await using var rig = Rig(TlsMode.Implicit, static _ => throw new InvalidOperationException("not to be reached"), configure);
        var connection = rig.Connect();
        await connection.Client.WriteAsync(bytes);
        await connection.Served;
        Assert.Contains(rig.Log, line => line.Id == expectedLog);
        using var answer = new MemoryStream();
        await connection.Client.CopyToAsync(answer);
        return answer.ToArray();
    }

    private async Task<SslStream> ShakeHandsAsync(InMemoryTlsConnection connection, SslProtocols version = SslProtocols.None)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(_ca.Authority);
        var client = new SslStream(connection.Client);
        await client.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "a.example.org",
            EnabledSslProtocols = version,
            CertificateChainPolicy = policy,
        });
        return client;
    }

    private static async Task EchoAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var read = await input.ReadAsync();
            foreach (var part in read.Buffer)
                output.Write(part.Span);
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            await output.FlushAsync();
        }
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        var buffer = new byte[100];
        return Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
    }
}
