using System.Net;
using System.Net.Sockets;
using System.Text;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>A client that has sent everything may close its side and wait for the answers (printf … | nc).</summary>
public sealed class HalfCloseTests
{
    [Theory]
    [InlineData("smtp", "EHLO client.test\r\nMAIL FROM:<>\r\nRCPT TO:<anna@alpha.test>\r\nDATA\r\nSubject: half\r\n\r\n.\r\nQUIT\r\n", "250 2.0.0 Ok: queued as", "221 2.0.0")]
    [InlineData("imap", "a CAPABILITY\r\nb NOOP\r\nc ID NIL\r\nd LOGOUT\r\n", "c OK", "d OK")]
    public async Task Everything_that_was_sent_before_is_still_answered(string protocol, string said, params string[] answers)
    {
        await using var server = await ModusServer.StartAsync();
        for (var i = 0; i < 10; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, server.Port(protocol, TlsMode.OnDemand), TestContext.Current.CancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes(said), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
            socket.Shutdown(SocketShutdown.Send);
            var heard = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.All(answers, answer => Assert.Contains(answer, heard, StringComparison.Ordinal));
        }
    }
}
