using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>Whoever lets time run out in the middle of something hears 421 before the connection closes (RFC 5321 §3.8).</summary>
public sealed class SmtpTimeoutTests : IDisposable
{
    private const string Envelope = "MAIL FROM:<bob@client.test>\r\nRCPT TO:<anna@example.com>\r\n";

    private readonly FakeTimeProvider _clock = new();
    private readonly SmtpKit _kit;

    public SmtpTimeoutTests() => _kit = new SmtpKit(clock: _clock);

    public void Dispose() => _kit.Dispose();

    [Theory]
    [InlineData("DATA\r\n", "354")]
    [InlineData("BDAT 10\r\nabc", null)]
    public async Task Content_that_does_not_come_is_answered_and_leaves_nothing(string command, string? reply)
    {
        var (connection, session) = await _kit.GreetAsync();
        await connection.SayAsync(Envelope + command);
        for (var i = 0; i < 2; i++) await connection.ReadReplyAsync();
        if (reply is not null) Assert.StartsWith(reply, await connection.ReadReplyAsync(), StringComparison.Ordinal);

        await AssertIdleAsync(connection, session);
        Assert.Empty(_kit.Delivery.Taken);
        Assert.Equal(_kit.Delivery.Begun, _kit.Delivery.Disposed);
    }

    [Fact]
    public async Task Octets_of_a_refused_chunk_that_do_not_come_are_answered()
    {
        var (connection, session) = await _kit.GreetAsync();
        await connection.SayAsync("BDAT 10\r\nabc");

        await AssertIdleAsync(connection, session);
    }

    [Fact]
    public async Task An_answer_in_a_login_that_does_not_come_is_answered()
    {
        var (connection, session) = await _kit.GreetAsync(SmtpProfile.Submission, encrypted: true);
        Assert.StartsWith("334", await connection.AskAsync("AUTH LOGIN\r\n"), StringComparison.Ordinal);

        await AssertIdleAsync(connection, session);
    }

    private async Task AssertIdleAsync(InMemoryConnection connection, Task session)
    {
        await _clock.PassTimeAsync(session);
        Assert.StartsWith("421 4.4.2", await connection.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await connection.DisposeAsync();
    }
}
