using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>What a session does at each of its bounds.</summary>
public sealed class SmtpLimitsTests
{
    private const string Mail = "MAIL FROM:<bob@client.test>\r\n";
    private const string Rcpt = "RCPT TO:<anna@example.com>\r\n";
    private const string Message = Mail + Rcpt + "BDAT 2 LAST\r\n\r\n";

    private static readonly SmtpLimits Few = new() { MaxJunkCommands = 5 };

    [Theory]
    [InlineData(SmtpProfile.Relay, "NOOP\r\n")]
    [InlineData(SmtpProfile.Relay, "RSET\r\n")]
    [InlineData(SmtpProfile.Relay, "VRFY anna\r\n")]
    [InlineData(SmtpProfile.Relay, "HELP\r\n")]
    [InlineData(SmtpProfile.Relay, "EHLO again.test\r\n")]
    [InlineData(SmtpProfile.Relay, "MAIL FROM:<refused@client.test>\r\n")]
    [InlineData(SmtpProfile.Submission, Mail)] // 530, before a login
    public async Task Commands_that_move_no_mail_end_the_session_when_they_are_too_many(SmtpProfile profile, string command)
    {
        using var kit = new SmtpKit(Few);
        var (connection, session) = await kit.GreetAsync(profile, encrypted: true); // EHLO is the first
        for (var i = 1; i < 5; i++) Assert.DoesNotContain("421", await connection.AskAsync(command), StringComparison.Ordinal);

        Assert.StartsWith("421 4.7.0", await connection.AskAsync(command), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await session;
    }

    [Fact]
    public async Task DATA_without_recipients_is_such_a_command()
    {
        using var kit = new SmtpKit(Few);
        var (connection, session) = await kit.GreetAsync();
        await connection.AskAsync(Mail);
        for (var i = 1; i < 5; i++) Assert.StartsWith("554", await connection.AskAsync("DATA\r\n"), StringComparison.Ordinal);

        Assert.StartsWith("421 4.7.0", await connection.AskAsync("DATA\r\n"), StringComparison.Ordinal);
        await session;
    }

    [Fact]
    public async Task A_message_that_is_taken_begins_the_count_anew()
    {
        using var kit = new SmtpKit(Few);
        var (connection, session) = await kit.GreetAsync();
        for (var i = 0; i < 5; i++)
        {
            for (var junk = 0; junk < 4; junk++) Assert.StartsWith("250", await connection.AskAsync("NOOP\r\n"), StringComparison.Ordinal);
            await TakeMessageAsync(connection);
        }

        Assert.StartsWith("221", await connection.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
        await session;
    }

    [Fact]
    public async Task A_recipient_too_many_is_no_such_command()
    {
        using var kit = new SmtpKit(Few with { MaxRecipients = 100 });
        var (connection, session) = await kit.GreetAsync();
        await connection.AskAsync(Mail);
        for (var i = 0; i < 100; i++) Assert.StartsWith("250", await connection.AskAsync(Rcpt), StringComparison.Ordinal);
        for (var i = 0; i < 20; i++) Assert.StartsWith("452 4.5.3", await connection.AskAsync(Rcpt), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Ok: queued", await connection.AskAsync("BDAT 2 LAST\r\n\r\n"), StringComparison.Ordinal);
        await connection.Output.CompleteAsync();
        await session;
    }

    [Fact]
    public async Task A_session_has_so_many_transactions()
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxTransactions = 2 });
        var (connection, session) = await kit.GreetAsync();
        for (var i = 0; i < 2; i++) await TakeMessageAsync(connection);

        Assert.StartsWith("421 4.7.0 Too many transactions", await connection.AskAsync(Mail), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await session;
        Assert.Equal(2, kit.Delivery.Taken.Count);
    }

    [Fact]
    public async Task Who_asks_for_many_that_are_not_there_is_sent_away()
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxRefusedRecipients = 2 });
        var (connection, session) = await kit.GreetAsync();
        await connection.AskAsync(Mail);
        for (var i = 0; i < 2; i++)
            Assert.StartsWith("550 5.1.1", await connection.AskAsync("RCPT TO:<nobody@example.com>\r\n"), StringComparison.Ordinal);

        Assert.StartsWith("421 4.7.0", await connection.AskAsync("RCPT TO:<nobody@example.com>\r\n"), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await session;
    }

    [Fact]
    public async Task A_listener_has_so_many_connections_and_says_so_to_the_next()
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxConnections = 1 });
        var handler = kit.Handler(SmtpProfile.Relay);
        await using var first = new InMemoryConnection(ScriptedTls.Clear);
        var session = first.RunAsync(handler);
        await first.ReadReplyAsync();
        await using var second = new InMemoryConnection(ScriptedTls.Clear);
        await second.RunAsync(handler);
        Assert.StartsWith("421 4.7.0 Too many connections", await second.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await second.ReadReplyAsync());

        await first.AskAsync("QUIT\r\n");
        await session;
        await using var third = new InMemoryConnection(ScriptedTls.Clear);
        var thirdSession = third.RunAsync(handler);
        Assert.StartsWith("220", await third.ReadReplyAsync(), StringComparison.Ordinal);
        await third.Output.CompleteAsync();
        await thirdSession;
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_let_go()
    {
        var clock = new FakeTimeProvider();
        using var kit = new SmtpKit(new SmtpLimits { MaxJunkCommands = int.MaxValue }, clock);
        var (connection, session) = await kit.GreetAsync();
        var help = string.Concat(Enumerable.Repeat("HELP\r\n", 1000));
        var sending = Task.CompletedTask;
        for (var i = 0; i < 100 && sending.IsCompleted; i++) sending = connection.SayAsync(help);
        await clock.PassTimeAsync(session);

        Assert.True(session.IsCompletedSuccessfully);
        await sending;
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData(1024, "501 5.5.2")] // no base64, but short enough to be looked at
    [InlineData(1025, "500 5.5.6")]
    public async Task A_line_of_a_login_may_be_so_long(int length, string expected)
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxAuthLine = 1024 });
        var (connection, session) = await kit.GreetAsync(SmtpProfile.Submission, encrypted: true);
        await connection.AskAsync("AUTH PLAIN\r\n");

        Assert.StartsWith(expected, await connection.AskAsync(new string('?', length) + "\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("221", await connection.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
        await session;
    }

    private static async Task TakeMessageAsync(InMemoryConnection connection)
    {
        await connection.SayAsync(Message);
        for (var i = 0; i < 2; i++) Assert.StartsWith("250", await connection.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.StartsWith("250 2.0.0 Ok: queued", await connection.ReadReplyAsync(), StringComparison.Ordinal);
    }
}
