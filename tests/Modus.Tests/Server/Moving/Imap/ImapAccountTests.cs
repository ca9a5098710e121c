using Modus.Server.Moving.Imap;
using Xunit;

namespace Modus.Tests.Server.Moving.Imap;

public sealed class ImapAccountTests
{
    [Theory]
    [InlineData("imap.example.com", "imap.example.com", 993)]
    [InlineData("imap.example.com:143", "imap.example.com", 143)]
    [InlineData("192.0.2.1:1993", "192.0.2.1", 1993)]
    [InlineData("[2001:db8::1]:143", "2001:db8::1", 143)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 993)]
    [InlineData("imap.example.com:", null, 0)]
    [InlineData("imap.example.com:70000", null, 0)]
    [InlineData("[2001:db8::1", null, 0)]
    [InlineData("two words", null, 0)]
    [InlineData("", null, 0)]
    public void A_server_is_a_host_and_maybe_a_port(string text, string? host, int port)
    {
        Assert.Equal(host is not null, ImapAccount.TryParseServer(text, out var read, out var at));
        if (host is not null) Assert.Equal((host, port), (read, at));
    }

    [Theory]
    [InlineData("sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", true)]
    [InlineData("SHA256:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF", true)]
    [InlineData("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", false)]
    [InlineData("sha256:0011", false)]
    [InlineData("sha256:zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", false)]
    public void A_pin_is_a_sum(string text, bool isPin) => Assert.Equal(isPin, ImapAccount.ReadPin(text) is not null);
}
