using System.Net;
using System.Net.Sockets;
using System.Text;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>A client that has sent everything may close its side and wait for the answers (printf … | nc).</summary>
public sealed class HalfCloseTests
{
    [Fact]
    public async Task Everything_that_was_sent_before_is_still_answered()
    {
        await using var server = await ModusServer.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server.Port("smtp", TlsMode.OnDemand), TestContext.Current.CancellationToken);
            await socket.SendAsync(
                Encoding.ASCII.GetBytes(
                    $"EHLO client.test\r\nMAIL FROM:<>\r\nRCPT TO:<{ModusServer.Anna}>\r\nDATA\r\nSubject: half\r\n\r\n.\r\nQUIT\r\n"),
                TestContext.Current.CancellationToken);
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            socket.Shutdown(SocketShutdown.Send);
            var said = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Contains("250 2.0.0 Ok: queued as", said, StringComparison.Ordinal);
            Assert.Contains("221 2.0.0", said, StringComparison.Ordinal);
        }
    }
}
