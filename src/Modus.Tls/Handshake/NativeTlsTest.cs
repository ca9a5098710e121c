using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>A handshake of this process with itself, to learn whether the native questions get right answers.</summary>
internal static class NativeTlsTest
{
    private const string Name = "self-test.invalid";

    /// <summary>Null when all is well, else what is not.</summary>
    public static async Task<string?> RunAsync(
        Func<SslStream, byte[]?> export, Func<SslStream, bool?> isResumed, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var certificate = SelfSignedCertificate.Create(Name, clock.GetUtcNow());
        var toServer = new Pipe();
        var toClient = new Pipe();
        await using var server = new SslStream(new DuplexPipeStream(new Ends(toServer.Reader, toClient.Writer)));
        await using var client = new SslStream(new DuplexPipeStream(new Ends(toClient.Reader, toServer.Writer)));
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(
                new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 },
                cancellationToken),
            client.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = Name,
                    EnabledSslProtocols = SslProtocols.Tls13,
                    AllowTlsResume = false,
                    RemoteCertificateValidationCallback = (_, peer, _, _) => peer?.GetCertHashString() == certificate.GetCertHashString(),
                },
                cancellationToken));

        if (export(server) is not { } ours || export(client) is not { } theirs || !ours.AsSpan().SequenceEqual(theirs))
            return "the two ends of a test session do not agree on the keying material.";
        return isResumed(server) == false ? null : "a new test session counts as resumed.";
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
