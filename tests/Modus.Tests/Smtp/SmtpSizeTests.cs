using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>What counts as the size of a message (RFC 1870 §5), and what becomes of one that is too large.</summary>
public sealed class SmtpSizeTests
{
    private const int Limit = 65_536;
    private const string Envelope = "MAIL FROM:<bob@client.test>\r\nRCPT TO:<anna@example.com>\r\n";

    private static readonly SmtpLimits Small = new() { MaxMessageSize = Limit };

    [Theory]
    [InlineData(Limit, "250")]
    [InlineData(Limit + 1, "552")]
    public async Task A_message_by_DATA_may_be_as_large_as_SIZE_says(int size, string code) =>
        await ExpectAsync(new string('x', size - 2) + "\r\n", code);

    [Fact]
    public async Task Dots_that_were_added_do_not_count() =>
        await ExpectAsync("Subject: x\r\n\r\n" + string.Concat(Enumerable.Repeat("..\r\n", 21_000)), "250");

    [Fact]
    public async Task A_chunk_that_is_too_large_is_read_over_and_the_session_goes_on()
    {
        using var kit = new SmtpKit(Small);
        var (connection, session) = await kit.GreetAsync();
        await connection.AskAsync("MAIL FROM:<bob@client.test>\r\n");
        await connection.AskAsync("RCPT TO:<anna@example.com>\r\n");

        Assert.StartsWith("552", await connection.AskAsync($"BDAT {Limit + 10} LAST\r\n" + new string('x', Limit + 10)), StringComparison.Ordinal);
        Assert.StartsWith("250", await connection.AskAsync("NOOP\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("221", await connection.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
        await session;
        Assert.Empty(kit.Delivery.Taken);
    }

    [Fact]
    public async Task A_chunk_that_is_much_too_large_ends_the_session()
    {
        using var kit = new SmtpKit(Small);
        var (connection, session) = await kit.GreetAsync();

        Assert.StartsWith("552", await connection.AskAsync($"BDAT {(2 * Limit) + 2} LAST\r\n"), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await session;
    }

    [Theory]
    [InlineData("99999999999999999999", "552")] // 20 digits, as many as there may be
    [InlineData("999999999999999999999", "501")]
    [InlineData("00000000000000000001", "250")]
    [InlineData("+1", "501")]
    [InlineData("", "501")]
    public async Task A_declared_size_is_up_to_20_digits(string size, string code)
    {
        using var kit = new SmtpKit(Small);
        var (connection, session) = await kit.GreetAsync();

        Assert.StartsWith(code, await connection.AskAsync($"MAIL FROM:<bob@client.test> SIZE={size}\r\n"), StringComparison.Ordinal);
        await connection.AskAsync("QUIT\r\n");
        await session;
    }

    [Theory]
    [InlineData("\t")]
    [InlineData(" ")]
    [InlineData(" \t \t")]
    public async Task White_space_behind_a_command_is_tolerated(string space)
    {
        using var kit = new SmtpKit(Small);
        var (connection, session) = await kit.GreetAsync();

        foreach (var command in new[] { "MAIL FROM:<bob@client.test> SIZE=10", "RCPT TO:<anna@example.com>", "RSET" })
            Assert.StartsWith("250", await connection.AskAsync($"{command}{space}\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("221", await connection.AskAsync($"QUIT{space}\r\n"), StringComparison.Ordinal);
        await session;
    }

    [Theory]
    [InlineData("Received:")]
    [InlineData("received :")]
    [InlineData("RECEIVED \t:")]
    public async Task A_loop_is_found_however_the_field_is_written(string field)
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxHops = 10 });
        var (connection, session) = await kit.GreetAsync();
        await connection.SayAsync(Envelope);
        await connection.ReadReplyAsync();
        await connection.ReadReplyAsync();
        await connection.AskAsync("DATA\r\n");

        var fields = string.Concat(Enumerable.Repeat($"{field} by a.test; x\r\n", 11));
        Assert.StartsWith("554 5.4.6", await connection.AskAsync($"{fields}\r\n.\r\n"), StringComparison.Ordinal);
        await connection.AskAsync("QUIT\r\n");
        await session;
    }

    private static async Task ExpectAsync(string stuffed, string code)
    {
        using var kit = new SmtpKit(Small with { MaxContentLine = 2 * Limit });
        var (connection, session) = await kit.GreetAsync();
        await connection.SayAsync(Envelope);
        await connection.ReadReplyAsync();
        await connection.ReadReplyAsync();
        await connection.AskAsync("DATA\r\n");

        Assert.StartsWith(code, await connection.AskAsync($"{stuffed}.\r\n"), StringComparison.Ordinal);
        await connection.AskAsync("QUIT\r\n");
        await session;
    }
}
