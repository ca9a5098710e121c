using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>A handshake of this process with itself, in memory: what the TLS of this machine takes can only be tried.</summary>
internal static class SelfHandshake
{
    /// <summary>Shakes hands, then asks both ends.</summary>
    /// <param name="server">What a served connection would have.</param>
    /// <param name="versions">What the client offers.</param>
    /// <param name="ask">Is given the server's end and the client's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AuthenticationException">Either end refused; the fault is the server's when both did.</exception>
    public static async Task<T> RunAsync<T>(
        SslServerAuthenticationOptions server, SslProtocols versions, Func<SslStream, SslStream, T> ask, CancellationToken cancellationToken = default)
    {
        var toServer = new Pipe();
        var toClient = new Pipe();
        await using var ours = new SslStream(new DuplexPipeStream(new Ends(toServer.Reader, toClient.Writer)));
        await using var theirs = new SslStream(new DuplexPipeStream(new Ends(toClient.Reader, toServer.Writer)));
        await Task.WhenAll(
            EndAsync(ours.AuthenticateAsServerAsync(server, cancellationToken), toClient.Writer),
            EndAsync(theirs.AuthenticateAsClientAsync(ForClient(versions), cancellationToken), toServer.Writer));
        return ask(ours, theirs);
    }

    private static SslClientAuthenticationOptions ForClient(SslProtocols versions) => new()
    {
        TargetHost = "self-test.invalid",
        EnabledSslProtocols = versions,
        AllowTlsResume = false,
#pragma warning disable CA5359 // the peer is this very process, and only the handshake is tried
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
    };

    // An end that gave up must not leave the other one waiting.
    private static async Task EndAsync(Task handshake, PipeWriter output)
    {
        try
        {
            await handshake;
        }
        catch
        {
            await output.CompleteAsync();
            throw;
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
