using System.Net;
using System.Net.Sockets;
using System.Text;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

public sealed class RefusalTests : OneCertificate
{
    [Theory]
    [InlineData("-tls1_1")]
    [InlineData("-tls1")]
    public async Task Versions_before_tls_12_get_protocol_version(string version)
    {
        await using var server = await StartAsync(TlsMode.Implicit);

        var said = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} -cipher ALL:@SECLEVEL=0");

        Assert.Contains("alert protocol version", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clear_text_on_the_implicit_port_is_closed_at_once()
    {
        await using var server = await StartAsync(TlsMode.Implicit);
        using var client = await ConnectAsync(server.At("127.0.0.1"), "127.0.0.1");

        await client.SendAsync("EHLO client\r\n"u8.ToArray());

        Assert.Equal(0, await client.ReceiveAsync(new byte[10]));
    }

    [Fact]
    public async Task After_a_failed_upgrade_the_server_goes_on_serving_others()
    {
        await using var server = await StartAsync(TlsMode.OnDemand);
        using var client = await ConnectAsync(server.At("127.0.0.1"), "127.0.0.1");
        var buffer = new byte[200];
        Assert.StartsWith("220 hello", await ReceiveAsync(client, buffer), StringComparison.Ordinal);
        await client.SendAsync("STARTTLS\r\n"u8.ToArray());
        Assert.StartsWith("220 go ahead", await ReceiveAsync(client, buffer), StringComparison.Ordinal);
        await client.SendAsync("NOOP no tls at all\r\n"u8.ToArray());
        Assert.Equal("", await ReceiveAsync(client, buffer));

        Assert.Contains("221 bye", await OpenSsl.ConnectAsync(server.At("127.0.0.1"), "-starttls smtp"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_half_open_handshakes_from_one_address_stops_nobody_else()
    {
        await using var server = await StartAsync(TlsMode.Implicit, configure: static o =>
        {
            o.MaxHandshakesPerAddress = 5;
            o.MaxConcurrentHandshakes = 1;
        });
        var flood = new List<Socket>();
        for (var i = 0; i < 40; i++)
            flood.Add(await ConnectAsync(server.At("127.0.0.1"), "127.0.0.3"));
        foreach (var half in flood.Take(5))
            await half.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3 }); // a hello that never ends
        foreach (var refused in flood.Skip(5))
            Assert.Equal("", await ReceiveAsync(refused, new byte[10]));

        var said = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), "-servername a.example.org");

        Assert.Contains("221 bye", said, StringComparison.Ordinal);
        flood.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task No_delay_is_set_so_that_the_greeting_does_not_wait_for_an_acknowledgement()
    {
        await using var server = await StartAsync(TlsMode.Implicit);

        Assert.Contains("True", await OpenSsl.ConnectAsync(server.At("127.0.0.1"), "", "NODELAY\r\nQUIT\r\n"), StringComparison.Ordinal);
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint server, string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(server);
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        }
        catch (SocketException)
        {
            return ""; // reset instead of closed: gone all the same
        }
    }
}
