using System.Net.Security;
using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>A handshake of this process with itself, to learn whether the native questions get right answers.</summary>
internal static class NativeTlsTest
{
    /// <summary>Null when all is well, else what is not.</summary>
    public static async Task<string?> RunAsync(
        Func<SslStream, byte[]?> export, Func<SslStream, bool?> isResumed, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var certificate = SelfSignedCertificate.Create("self-test.invalid", clock.GetUtcNow());
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 };
        return await SelfHandshake.RunAsync(options, SslProtocols.Tls13, Compare, cancellationToken);

        string? Compare(SslStream server, SslStream client)
        {
            if (export(server) is not { } ours || export(client) is not { } theirs || !ours.AsSpan().SequenceEqual(theirs))
                return "the two ends of a test session do not agree on the keying material.";
            return isResumed(server) == false ? null : "a new test session counts as resumed.";
        }
    }
}
