using System.Net;
using System.Net.Sockets;
using Modus.Server.Composition;
using Modus.Tests.Server.Configuration;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class DoorCheckTests
{
    [Theory]
    [InlineData("""{ "protocol": "submission", "addresses": ["127.0.0.1"], "port": PORT }""", "127.0.0.1:PORT")]
    [InlineData("""{ "protocol": "submission", "port": PORT }""", "port PORT")]
    public void A_port_that_is_taken_is_named_with_its_protocol(string listener, string place)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        var shut = Assert.Throws<DoorShutException>(() => Check(listener.Replace("PORT", port, StringComparison.Ordinal)));

        Assert.Contains("submission", shut.Message, StringComparison.Ordinal);
        Assert.Contains(place.Replace("PORT", port, StringComparison.Ordinal), shut.Message, StringComparison.Ordinal);
        Assert.Contains("another program", shut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_of_another_machine_is_named()
    {
        var shut = Assert.Throws<DoorShutException>(() => Check("""{ "protocol": "smtp", "addresses": ["192.0.2.1"], "port": 12525 }"""));

        Assert.Contains("192.0.2.1:12525", shut.Message, StringComparison.Ordinal);
        Assert.Contains("not one of this machine", shut.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_http_listener_is_looked_at_too()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var shut = Assert.Throws<DoorShutException>(() => Check("""{ "protocol": "smtp", "port": 0 }""", port));
        Assert.Contains("http", shut.Message, StringComparison.Ordinal);
    }

    private static void Check(string listener, int http = 0) => DoorCheck.Run(Loading.Load(
        $$"""{ "hostname": "a.example", "listeners": [{{listener}}], "http": { "port": {{http}} } }""").Configuration!);
}
