using Modus.EndToEnd.Tests.Tls;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>The whole server hands out sessions that openssl takes up again.</summary>
[Collection(nameof(OneSetOfTlsContexts))]
public sealed class ResumptionOnAServerTests
{
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Sessions_resume(string version)
    {
        await using var server = await ModusServer.StartAsync();
        var port = server.Port("pop3", TlsMode.Implicit);
        var session = Path.Combine(server.Folder, "session.pem");
        string[] client = ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", "mail.alpha.test", version, "-ign_eof"];
        var first = await OutsideProgram.RunAsync("openssl", [.. client, "-sess_out", session], "QUIT\r\n");
        Assert.Contains("New, TLSv1", first.Output, StringComparison.Ordinal);
        var second = await OutsideProgram.RunAsync("openssl", [.. client, "-sess_in", session], "QUIT\r\n");
        Assert.Contains("Reused, TLSv1", second.Output, StringComparison.Ordinal);
    }
}
