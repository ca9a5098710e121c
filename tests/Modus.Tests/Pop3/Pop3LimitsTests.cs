using Modus.Protocols.Pop3;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Pop3;

/// <summary>What a listener does at its bounds.</summary>
public sealed class Pop3LimitsTests
{
    [Fact]
    public async Task A_listener_has_so_many_connections_and_says_so_to_the_next()
    {
        using var kit = new Pop3Kit(options => options.Limits = new Pop3Limits { MaxConnections = 1 });
        await using var first = new InMemoryConnection(ScriptedTls.Clear);
        var session = first.RunAsync(kit.Handler);
        await first.ReadLineAsync();
        await using var second = new InMemoryConnection(ScriptedTls.Clear);
        await second.RunAsync(kit.Handler);
        Assert.StartsWith("-ERR [SYS/TEMP] too many connections", await second.ReadLineAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Null(await second.ReadLineAsync());

        await first.SayAsync("QUIT");
        await session;
        await using var third = new InMemoryConnection(ScriptedTls.Clear);
        var thirdSession = third.RunAsync(kit.Handler);
        Assert.StartsWith("+OK", await third.ReadLineAsync(), StringComparison.Ordinal);
        await third.Output.CompleteAsync();
        await thirdSession;
    }
}
