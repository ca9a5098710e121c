using Xunit;

namespace Modus.Tests.Imap;

/// <summary>IDLE is woken by the change feed (RFC 2177).</summary>
public sealed class IdleSessionTests
{
    [Fact]
    public async Task Everything_is_told_as_it_happens()
    {
        await using var kit = await SessionKit.WithMailAsync(2);
        await using var anna = await kit.SelectAsync();
        await using var other = await kit.SelectAsync();
        await IdleAsync(anna);

        await kit.DeliverAsync("Subject: new\n\n\n");
        Assert.Equal("* 3 EXISTS", await anna.ReadLineAsync());
        Assert.Equal("* 3 RECENT", await anna.ReadLineAsync());
        await other.OkAsync("STORE 2 +FLAGS.SILENT (\\Deleted)");
        Assert.Equal("* 2 FETCH (UID 2 FLAGS (\\Deleted \\Recent))", await anna.ReadLineAsync());
        await other.OkAsync("EXPUNGE");
        Assert.Equal("* 2 EXPUNGE", await anna.ReadLineAsync());
        await anna.SendAsync("DONE\r\n");
        Assert.Equal("idle OK Done.", await anna.ReadLineAsync());
        Assert.Empty(await anna.OkAsync("NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Many_wakes_in_a_row_lose_nothing()
    {
        await using var kit = await SessionKit.WithMailAsync(0);
        await using var anna = await kit.SelectAsync();
        await IdleAsync(anna);
        for (var i = 0; i < 30; i++) await kit.DeliverAsync("Subject: new\n\n\n");

        string? line;
        do line = await anna.ReadLineAsync();
        while (line != "* 30 EXISTS");
        Assert.Equal("* 30 RECENT", await anna.ReadLineAsync());
        await anna.SendAsync("DONE\r\n");
        Assert.Equal("idle OK Done.", await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_line_that_drips_in_keeps_nobody_from_being_woken()
    {
        await using var kit = await SessionKit.WithMailAsync(0);
        await using var anna = await kit.SelectAsync();
        await IdleAsync(anna);
        var count = 0;
        foreach (var piece in new[] { "D", "ON", "E\r" })
        {
            await anna.SendAsync(piece);
            await kit.DeliverAsync("Subject: new\n\n\n");
            Assert.Equal($"* {++count} EXISTS", await anna.ReadLineAsync());
            Assert.Equal($"* {count} RECENT", await anna.ReadLineAsync());
        }

        await anna.SendAsync("\n");
        Assert.Equal("idle OK Done.", await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task What_came_before_is_told_first()
    {
        await using var kit = await SessionKit.WithMailAsync(0);
        await using var anna = await kit.SelectAsync();
        await kit.DeliverAsync("Subject: new\n\n\n");
        await IdleAsync(anna);

        Assert.Equal("* 1 EXISTS", await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_mailbox_that_is_deleted_ends_it_at_once()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var other = await kit.LogInAsync();
        await other.OkAsync("CREATE Work");
        await using var anna = await kit.SelectAsync("Work");
        await IdleAsync(anna);
        await other.OkAsync("DELETE Work");

        Assert.Equal("* BYE The selected mailbox was deleted.", await anna.ReadLineAsync());
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_server_that_stops_says_so()
    {
        await using var kit = await SessionKit.WithMailAsync(0);
        await using var anna = await kit.SelectAsync();
        await IdleAsync(anna);
        anna.Connection.RequestClose();

        Assert.Equal("* BYE [UNAVAILABLE] The server is stopping; connect again in a while.", await anna.ReadLineAsync());
        Assert.Null(await anna.ReadLineAsync());
        await kit.VerifyAsync();
    }

    private static async Task IdleAsync(ImapTestClient client)
    {
        await client.SendAsync("idle IDLE\r\n");
        Assert.Equal("+ Waiting with you.", await client.ReadLineAsync());
    }
}
