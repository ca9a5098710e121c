using System.Net.Security;
using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>A handshake of this process with itself, to learn whether the native questions get right answers.</summary>
internal static class NativeTlsTest
{
    /// <summary>What was learned.</summary>
    /// <param name="Fault">Null when all is well, else what is not.</param>
    /// <param name="NamesGroups">True when both ends name one group that exists.</param>
    public readonly record struct Answers(string? Fault, bool NamesGroups);

    public static async Task<Answers> RunAsync(
        Func<SslStream, byte[]?> export,
        Func<SslStream, bool?> isResumed,
        Func<SslStream, string?> group,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        using var certificate = SelfSignedCertificate.Create("self-test.invalid", clock.GetUtcNow());
        var options = new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 };
        return await SelfHandshake.RunAsync(options, SslProtocols.Tls13, Compare, cancellationToken);

        Answers Compare(SslStream server, SslStream client)
        {
            if (export(server) is not { } ours || export(client) is not { } theirs || !ours.AsSpan().SequenceEqual(theirs))
                return new("the two ends of a test session do not agree on the keying material.", false);
            if (isResumed(server) != false)
                return new("a new test session counts as resumed.", false);
            return new(null, group(server) is { Length: > 0 } name && name == group(client));
        }
    }
}
