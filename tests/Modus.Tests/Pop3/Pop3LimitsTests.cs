using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Pop3;
using Modus.Testing.Wire;
using Modus.Tests.Smtp;
using Xunit;

namespace Modus.Tests.Pop3;

/// <summary>What a listener and a session do at their bounds.</summary>
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

        await Pop3ClientExtensions.SayAsync(first, "QUIT");
        await session;
        await using var third = new InMemoryConnection(ScriptedTls.Clear);
        var thirdSession = third.RunAsync(kit.Handler);
        Assert.StartsWith("+OK", await third.ReadLineAsync(), StringComparison.Ordinal);
        await third.Output.CompleteAsync();
        await thirdSession;
    }

    [Fact]
    public async Task A_client_that_does_not_read_its_message_is_let_go_and_gives_the_lock_back()
    {
        var clock = new FakeTimeProvider();
        using var kit = new Pop3Kit(clock: clock);
        kit.Store.Add("Subject: long\r\n\r\n" + string.Concat(Enumerable.Repeat(new string('x', 98) + "\r\n", 10_000)));
        var (connection, session) = await kit.LogInAsync();
        Assert.StartsWith("+OK", await Pop3ClientExtensions.AskAsync(connection, "RETR 4"), StringComparison.Ordinal);
        await clock.PassTimeAsync(session);

        Assert.True(session.IsCompletedSuccessfully);
        Assert.True(kit.IsMaildropFree);
        Assert.Equal(0, kit.Store.OpenReaders);
        await connection.DisposeAsync();
    }
}
