using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Tests.Server.TlsCheck;

/// <summary>A mail server on a port of this machine that says what it is told to: a line for each line that it gets.</summary>
internal sealed class StagedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string[] _lines;
    private readonly SslServerAuthenticationOptions? _tls;
    private readonly Task _served;

    /// <param name="tls">How it shakes hands once its lines are said; null to close then.</param>
    /// <param name="lines">The greeting, and the replies.</param>
    public StagedServer(SslServerAuthenticationOptions? tls, params string[] lines)
    {
        (_tls, _lines) = (tls, lines);
        _listener.Start();
        _served = ServeAsync();
    }

    public string Place => $"{_listener.LocalEndpoint}";

    public static SslServerAuthenticationOptions Show(X509Certificate2 certificate, SslProtocols versions = SslProtocols.Tls12 | SslProtocols.Tls13) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
        EnabledSslProtocols = versions,
    };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _served; // before the listener stops under it
        _listener.Stop();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var all = new List<Task>();
        try
        {
            while (true) all.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(all);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        var stream = client.GetStream();
        try
        {
            for (var index = 0; index < _lines.Length; index++)
            {
                if (index > 0) await ReadLineAsync(stream);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(_lines[index] + "\r\n"), _end.Token);
            }

            if (_tls is not null) await EncryptAsync(stream, _tls);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or OperationCanceledException)
        {
            // A client that comes for another version, or does not like the certificate, is what is tested.
        }
    }

    private async Task EncryptAsync(NetworkStream stream, SslServerAuthenticationOptions options)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(options, _end.Token);
        await tls.WriteAsync("250 hello\r\n"u8.ToArray(), _end.Token);
        while (await tls.ReadAsync(new byte[100], _end.Token) > 0)
        {
            // until the client goes
        }
    }

    private async Task ReadLineAsync(NetworkStream stream)
    {
        var octet = new byte[1];
        while (await stream.ReadAsync(octet, _end.Token) > 0 && octet[0] != '\n')
        {
            // the script does not look at what it is told
        }
    }
}
