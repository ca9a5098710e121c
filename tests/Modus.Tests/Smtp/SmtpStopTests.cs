using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>A server that wants to stop lets transactions finish and takes no new ones.</summary>
public sealed class SmtpStopTests : IDisposable
{
    private const string Mail = "MAIL FROM:<bob@client.test>\r\n";
    private const string Rcpt = "RCPT TO:<anna@example.com>\r\n";

    private readonly SmtpKit _kit = new();

    public void Dispose() => _kit.Dispose();

    [Fact]
    public async Task A_transaction_that_has_begun_goes_on_to_its_message()
    {
        var (connection, session) = await _kit.GreetAsync();
        await SayAsync(connection, Mail, "250 2.1.0");
        connection.RequestClose();

        await SayAsync(connection, Rcpt, "250 2.1.5");
        await SayAsync(connection, "DATA\r\n", "354");
        await SayAsync(connection, "Subject: last\r\n\r\n.\r\n", "250 2.0.0 Ok: queued");
        await AssertClosingAsync(connection, session);
        Assert.Single(_kit.Delivery.Taken);
    }

    [Fact]
    public async Task Chunks_that_have_begun_go_on_to_the_last()
    {
        var (connection, session) = await _kit.GreetAsync();
        await SayAsync(connection, Mail, "250 2.1.0");
        await SayAsync(connection, Rcpt, "250 2.1.5");
        await SayAsync(connection, "BDAT 3\r\n\r\na", "250 2.0.0 3 octets");
        connection.RequestClose();

        await SayAsync(connection, "BDAT 1\r\nb", "250 2.0.0 1 octets");
        await SayAsync(connection, "BDAT 2 LAST\r\n\r\n", "250 2.0.0 Ok: queued");
        await AssertClosingAsync(connection, session);
        Assert.Single(_kit.Delivery.Taken);
    }

    [Fact]
    public async Task A_transaction_that_is_given_up_is_the_last()
    {
        var (connection, session) = await _kit.GreetAsync();
        await SayAsync(connection, Mail, "250 2.1.0");
        connection.RequestClose();

        await connection.SayAsync("RSET\r\n" + Mail);
        Assert.StartsWith("250 2.0.0", await connection.ReadReplyAsync(), StringComparison.Ordinal);
        await AssertClosingAsync(connection, session);
    }

    [Fact]
    public async Task A_login_that_waits_for_its_answer_hears_of_it()
    {
        var (connection, session) = await _kit.GreetAsync(SmtpProfile.Submission, encrypted: true);
        await SayAsync(connection, "AUTH LOGIN\r\n", "334");
        connection.RequestClose();

        await AssertClosingAsync(connection, session);
    }

    private static async Task SayAsync(InMemoryConnection connection, string bytes, string expected) =>
        Assert.StartsWith(expected, await connection.AskAsync(bytes), StringComparison.Ordinal);

    private static async Task AssertClosingAsync(InMemoryConnection connection, Task session)
    {
        Assert.StartsWith("421 4.3.2", await connection.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadReplyAsync());
        await session;
        await connection.DisposeAsync();
    }
}
