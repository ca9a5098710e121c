using System.Net.Sockets;
using Modus.Server.Admin;
using Modus.Tests.Server;
using Xunit;

namespace Modus.Tests.Server.Admin;

public sealed class LocalUserTests
{
    [Fact]
    public async Task The_kernel_says_who_is_at_the_other_end()
    {
        using var folder = new TemporaryFolder();
        var place = new UnixDomainSocketEndPoint(Path.Combine(folder.Path, "s"));
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(place);
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(place, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Environment.UserName, LocalUser.At(accepted));
    }

    [Fact]
    public void An_account_that_the_list_does_not_have_has_no_name()
    {
        string[] accounts = ["root:x:0:0:root:/root:/bin/sh", "broken", "modus:x:990:990::/var/lib/modus:/bin/false"];

        Assert.Equal("modus", LocalUser.NameOf(990, accounts));
        Assert.Null(LocalUser.NameOf(991, accounts));
    }
}
