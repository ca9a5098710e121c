using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Imap;

/// <summary>How sessions end that no LOGOUT ends.</summary>
public sealed class SessionEndTests
{
    private const string Silent = "* BYE You were silent for too long.";

    [Fact]
    public async Task Silence_ends_a_session_behind_login_after_35_minutes()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        kit.Store.Clock.Advance(TimeSpan.FromMinutes(34));
        await anna.OkAsync("NOOP");

        Assert.Equal(Silent, await anna.ReadWhileTimePassesAsync(kit));
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Silence_ends_IDLE_too()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.SelectAsync();
        await anna.SendAsync("a1 IDLE\r\n");
        await anna.ReadLineAsync();

        Assert.Equal(Silent, await anna.ReadWhileTimePassesAsync(kit));
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Before_login_three_minutes_are_enough()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = kit.Connect();
        await client.ReadLineAsync();
        var began = kit.Store.Clock.GetUtcNow();

        Assert.Equal(Silent, await client.ReadWhileTimePassesAsync(kit, seconds: 1));
        Assert.InRange(kit.Store.Clock.GetUtcNow() - began, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(30));
        Assert.Null(await client.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_login_that_stops_in_the_middle_ends_too()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var client = kit.Connect();
        await client.ReadLineAsync();
        await client.SendAsync("a1 AUTHENTICATE PLAIN\r\n");
        Assert.Equal("+ ", await client.ReadLineAsync());

        Assert.Equal(Silent, await client.ReadWhileTimePassesAsync(kit));
        Assert.Null(await client.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_server_that_stops_says_so_between_commands()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        anna.Connection.RequestClose();

        Assert.Equal("* BYE [UNAVAILABLE] The server is stopping; connect again in a while.", await anna.ReadLineAsync());
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_message_whose_connection_breaks_is_not_there()
    {
        await using var kit = await ImapKit.StartAsync();
        var anna = await kit.LogInAsync();
        await anna.SendAsync("a1 APPEND INBOX {100000}\r\n");
        Assert.Equal("+ Go ahead.", await anna.ReadLineAsync());
        await anna.SendAsync("Subject: half\r\n");
        await anna.DisposeAsync();

        Assert.Equal(0, (await kit.MailboxAsync()).Messages);
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Who_takes_nothing_is_cut_off_after_bounded_memory()
    {
        await using var kit = await ImapKit.StartAsync();
        await kit.DeliverAsync("Subject: long\n\n" + new string('x', 8_000_000));
        await using var anna = await kit.SelectAsync();
        using var abort = anna.Connection.Server.ConnectionClosed.Register(() => anna.Connection.Input.Complete()); // as Kestrel ends the transport
        await anna.SendAsync("a1 FETCH 1 BODY.PEEK[]\r\n");
        while (!anna.Session.IsCompleted)
        {
            kit.Store.Clock.Advance(TimeSpan.FromMinutes(1)); // until the session has come to its flush and its deadline
            await Task.Yield();
        }

        await anna.Session;
        await kit.VerifyAsync();
    }

    [Theory]
    [InlineData("a1 STARTTLS\r\na2 LOGIN anna@example.org \"secret word\"\r\n")]
    [InlineData("a1 STARTTLS\r\nx")]
    public async Task Bytes_behind_STARTTLS_end_the_connection_and_are_never_run(string bytes)
    {
        await using var kit = await ImapKit.StartAsync();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(bytes));
        await using var client = new ImapTestClient(connection, connection.RunAsync(kit.Handler));

        Assert.StartsWith("* OK", await client.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("* BYE Nothing may follow STARTTLS.", await client.ReadLineAsync());
        Assert.Equal("a1 BAD [CLIENTBUG] Nothing may follow STARTTLS.", await client.ReadLineAsync());
        Assert.Null(await client.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_handshake_that_fails_ends_the_session()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var connection = new InMemoryConnection(new ScriptedTls { Outcome = TlsUpgradeOutcome.Failed });
        await using var client = new ImapTestClient(connection, connection.RunAsync(kit.Handler));
        await client.ReadLineAsync();

        await client.OkAsync("STARTTLS");
        Assert.Null(await client.ReadLineAsync());
        await kit.VerifyAsync();
    }
}
