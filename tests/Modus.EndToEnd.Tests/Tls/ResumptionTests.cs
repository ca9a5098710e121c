using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

[Collection(nameof(OneSetOfTlsContexts))]
public sealed class ResumptionTests : OneCertificate
{
    [Theory]
    [InlineData("-tls1_2", false, true)]
    [InlineData("-tls1_2", true, true)]
    [InlineData("-tls1_3", false, true)]
    [InlineData("-tls1_3", true, true)]
    [InlineData("-tls1_3", true, false)]
    public async Task A_saved_session_is_taken_up_again(string version, bool onDemand, bool ecdsa)
    {
        await using var server = await StartAsync(onDemand ? TlsMode.OnDemand : TlsMode.Implicit, new CertificateWish { Ecdsa = ecdsa });
        var ticket = Path.Combine(Folder, "session");
        var arguments = $"{version} -servername a.example.org" + (onDemand ? " -starttls smtp" : "");

        var first = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{arguments} -sess_out {ticket}");
        var second = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{arguments} -sess_in {ticket}");

        Assert.Contains("New, TLSv1.", first, StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1.", second, StringComparison.Ordinal);
        Assert.Equal([false, true], server.Sessions.Select(static s => s.Resumed));
    }

    [Fact]
    public async Task A_client_that_resumes_only_after_close_notify_resumes_every_time()
    {
        await using var server = await StartAsync(TlsMode.Implicit);

        var said = await OpenSsl.RunAsync($"s_client -connect {server.At("127.0.0.1")} -tls1_2 -reconnect", "QUIT\r\n");

        Assert.Equal(5, said.Split("Reused, TLSv1.2").Length - 1);
    }

    // s_client -msg prints each record that it reads: the alert must be a warning of type close_notify.
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Close_notify_comes_before_the_socket_closes(string version)
    {
        await using var server = await StartAsync(TlsMode.Implicit);

        var said = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} -msg");

        Assert.Matches("<<< TLS 1.[23], Alert \\[length 0002\\], warning close_notify", said);
    }
}
