using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Modus.Testing;
using Modus.Testing.Tls;
using Modus.Tls;

namespace Modus.Tests.Tls;

/// <summary>A TLS client in memory, against a server that shows what it is told to.</summary>
internal sealed class TlsClientKit : IAsyncDisposable
{
    private readonly TlsRig _rig;

    public TlsClientKit(TimeProvider? clock = null) =>
        _rig = new TlsRig(TlsMode.Implicit, static _ => Task.CompletedTask, static options => options.HostName = "rig.test", clock);

    public ITlsClient Client => _rig.Services.GetRequiredService<ITlsClient>();

    public Task StartAsync() => _rig.StartAsync();

    public static TlsClientRequest Ask(TlsVerification verification, string name = "mx.example.org") =>
        new() { ServerName = name, Verification = verification };

    /// <summary>A handshake with a server of this certificate and what it sends behind it.</summary>
    public async Task<TlsClientResult> ShakeHandsAsync(
        TlsClientRequest request, X509Certificate2 certificate, params X509Certificate2[] behind)
    {
        var connection = Connect();
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, [.. behind], offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        return await ShakeHandsAsync(request, connection, options);
    }

    /// <summary>A handshake with a server of these options, ended in order.</summary>
    public async Task<TlsClientResult> ShakeHandsAsync(
        TlsClientRequest request, InMemoryTlsConnection connection, SslServerAuthenticationOptions options)
    {
        var served = ServeAsync(connection, options);
        var result = await Client.UpgradeAsync(connection.ClientSide, request, CancellationToken.None);
        if (result.Session is not null)
        {
            // A client gets its ticket behind the handshake, with the first bytes.
            var read = await connection.ClientSide.Transport.Input.ReadAsync();
            connection.ClientSide.Transport.Input.AdvanceTo(read.Buffer.End);
        }

        await Client.CloseAsync(connection.ClientSide);
        connection.HangUp();
        await served;
        return result;
    }

    public static InMemoryTlsConnection Connect() => TlsRig.Unserved();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    private static async Task ServeAsync(InMemoryTlsConnection connection, SslServerAuthenticationOptions options)
    {
        await using var stream = new SslStream(connection.ServerStream);
        try
        {
            await stream.AuthenticateAsServerAsync(options);
            await stream.WriteAsync("220 hello\r\n"u8.ToArray());
            while (await stream.ReadAsync(new byte[100]) > 0)
            {
                // until the client says goodbye
            }

            await stream.ShutdownAsync();
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or ConnectionAbortedException)
        {
            // A client that does not like what it sees is what some tests are about.
        }
        finally
        {
            connection.ServerHangsUp();
        }
    }
}
