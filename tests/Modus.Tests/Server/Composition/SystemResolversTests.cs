using Microsoft.Extensions.Time.Testing;
using Modus.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class SystemResolversTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void The_resolvers_of_the_system_are_read_and_read_again_when_they_change()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("resolv.conf", "# made by hand\nnameserver 192.0.2.1\nsearch example.com\n nameserver\t2001:db8::1 \nnameserver x\n");
        var resolvers = new SystemResolvers(path, _clock);
        Assert.Equal(["192.0.2.1:53", "[2001:db8::1]:53"], resolvers.Get().Select(static resolver => resolver.ToString()));

        File.WriteAllText(path, "nameserver 192.0.2.2\n");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("192.0.2.2:53", Assert.Single(resolvers.Get()).ToString());
    }

    [Fact]
    public void Three_resolvers_count_as_for_everybody_else_on_the_machine()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("resolv.conf", string.Join('\n', Enumerable.Range(1, 5).Select(static index => $"nameserver 192.0.2.{index}")));
        Assert.Equal(3, new SystemResolvers(path, _clock).Get().Count);
    }

    [Theory]
    [InlineData("search example.com")]
    [InlineData(null)]
    public void Without_any_it_is_this_machine(string? text)
    {
        using var folder = new TemporaryFolder();
        var path = text is null ? Path.Combine(folder.Path, "none") : folder.Write("resolv.conf", text);
        Assert.Equal("127.0.0.1:53", Assert.Single(new SystemResolvers(path, _clock).Get()).ToString());
    }
}
