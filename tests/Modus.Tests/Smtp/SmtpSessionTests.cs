using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp;

public sealed class SmtpSessionTests
{
    private const string Hello = "EHLO client.test\r\n";
    private const string Envelope = "MAIL FROM:<bob@client.test>\r\nRCPT TO:<anna@example.com>\r\n";

    private static CancellationToken Timeout => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Fact]
    public async Task What_is_stored_is_our_Received_field_and_then_the_bytes_as_they_came()
    {
        using var kit = new SmtpKit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        await SendAsync(connection, "Subject: 1\r\n\r\n..\r\n...two\r\n8-bit: \u00e9\r\n\r\n.\r\nQUIT\r\n");
        await ReadToAsync(connection, "221");
        await session.WaitAsync(Timeout);

        var (message, content) = Assert.Single(kit.Delivery.Taken);
        var text = Encoding.UTF8.GetString(content);
        var end = text.IndexOf("Subject:", StringComparison.Ordinal);
        Assert.Equal("Subject: 1\r\n\r\n.\r\n..two\r\n8-bit: \u00e9\r\n\r\n", text[end..]);
        Assert.StartsWith(
            $"Received: from client.test ([192.0.2.7])\r\n\tby mail.example.com (Modus) with ESMTP id {message.Id}\r\n\tfor <anna@example.com>;\r\n\t",
            text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_parameter_of_the_envelope_reaches_the_delivery()
    {
        using var kit = new SmtpKit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(
            connection,
            Hello + "MAIL FROM:<bob@client.test> BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=abc SIZE=5\r\n"
            + "RCPT TO:<\u00e4nna@example.com> NOTIFY=SUCCESS,DELAY ORCPT=utf-8;\u00e4nna@example.com\r\nRCPT TO:<Postmaster>\r\nDATA\r\n");
        await ReadToAsync(connection, "354");
        await SendAsync(connection, "\r\n.\r\nQUIT\r\n");
        await ReadToAsync(connection, "221");
        await session.WaitAsync(Timeout);

        var envelope = Assert.Single(kit.Delivery.Taken).Message.Envelope;
        Assert.Equal(EmailAddress.Parse("bob@client.test"), envelope.ReversePath.Address);
        Assert.Equal((BodyType.EightBitMime, true, DsnReturn.Full, "abc"), (envelope.Body, envelope.SmtpUtf8, envelope.Return, envelope.EnvelopeId));
        Assert.Equal(DsnNotify.Success | DsnNotify.Delay, envelope.Recipients[0].Notify);
        Assert.Equal("utf-8;\u00e4nna@example.com", envelope.Recipients[0].OriginalRecipient);
        Assert.True(envelope.Recipients[1].Path.IsPostmaster);
    }

    [Theory]
    [InlineData(452, "452 4.3.1 full")]
    [InlineData(451, "451 4.3.1 full")]
    public async Task A_commit_that_fails_is_never_acknowledged(int code, string expected)
    {
        using var kit = new SmtpKit();
        kit.Delivery.CommitReply = new SmtpReply(code, new(4, 3, 1), "full");
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        await SendAsync(connection, "\r\n.\r\nQUIT\r\n");
        Assert.Equal(expected, await connection.ReadLineAsync());
        await session.WaitAsync(Timeout);
    }

    [Fact]
    public async Task A_full_store_is_noticed_in_the_middle_and_the_session_goes_on()
    {
        using var kit = new SmtpKit();
        kit.Delivery.FlushReply = new SmtpReply(452, new(4, 3, 1), "full");
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        var line = new string('x', 998) + "\r\n";
        for (var i = 0; i < 90; i++) await SendAsync(connection, line);
        await SendAsync(connection, ".\r\nQUIT\r\n");
        Assert.Equal("452 4.3.1 full", await connection.ReadLineAsync());
        await ReadToAsync(connection, "221");
        await session.WaitAsync(Timeout);
        Assert.Empty(kit.Delivery.Taken);
    }

    [Fact]
    public async Task A_message_without_an_end_is_cut_off()
    {
        using var kit = new SmtpKit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        var line = new string('x', 998) + "\r\n";
        for (var i = 0; i < 1000 && !session.IsCompleted; i++) await SendAsync(connection, line);
        Assert.StartsWith("552 5.3.4", await connection.ReadLineAsync().WaitAsync(Timeout), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
        await session.WaitAsync(Timeout);
    }

    [Fact]
    public async Task Bytes_behind_STARTTLS_are_never_run()
    {
        using var kit = new SmtpKit();
        var tls = ScriptedTls.Clear;
        await using var connection = new InMemoryConnection(tls);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello);
        await ReadToAsync(connection, "250 ");
        await SendAsync(connection, "STARTTLS\r\nEHLO evil.test\r\n");
        Assert.StartsWith("554 5.5.0", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
        await session.WaitAsync(Timeout);
        Assert.False(tls.IsEncrypted);
    }

    [Fact]
    public async Task A_failed_handshake_closes_the_connection_without_a_word()
    {
        using var kit = new SmtpKit();
        await using var connection = new InMemoryConnection(new ScriptedTls { Outcome = TlsUpgradeOutcome.Failed });
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello);
        await ReadToAsync(connection, "250 ");
        await SendAsync(connection, "STARTTLS\r\n");
        Assert.StartsWith("220", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
        await session.WaitAsync(Timeout);
    }

    [Fact]
    public async Task An_idle_client_hears_421_when_its_time_is_up()
    {
        var clock = new FakeTimeProvider();
        using var kit = new SmtpKit(clock: clock);
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await ReadToAsync(connection, "220");
        await clock.PassTimeAsync(session);
        Assert.StartsWith("421 4.4.2", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
    }

    [Fact]
    public async Task A_command_that_drips_in_does_not_extend_its_deadline()
    {
        var clock = new FakeTimeProvider();
        var start = clock.GetUtcNow();
        using var kit = new SmtpKit(clock: clock);
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await ReadToAsync(connection, "220");
        while (!session.IsCompleted && clock.GetUtcNow() - start < TimeSpan.FromMinutes(10))
        {
            await SendAsync(connection, "x");
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.StartsWith("421 4.4.2", await connection.ReadLineAsync(), StringComparison.Ordinal);
        await session.WaitAsync(Timeout);
    }

    [Fact]
    public async Task Content_that_drips_in_is_cut_off()
    {
        var clock = new FakeTimeProvider();
        using var kit = new SmtpKit(clock: clock);
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        for (var i = 0; i < 1000 && !session.IsCompleted; i++)
        {
            await SendAsync(connection, "x");
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await clock.PassTimeAsync(session);
        Assert.StartsWith("421 4.4.2", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
        Assert.Empty(kit.Delivery.Taken);
        Assert.Equal(1, kit.Delivery.Disposed);
    }

    [Fact]
    public async Task A_stopping_server_says_421_to_who_waits_and_lets_a_message_finish()
    {
        using var kit = new SmtpKit();
        await using var idle = new InMemoryConnection(ScriptedTls.Clear);
        var idleSession = idle.RunAsync(kit.Handler(SmtpProfile.Relay));
        await ReadToAsync(idle, "220");
        await using var busy = new InMemoryConnection(ScriptedTls.Clear);
        var busySession = busy.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(busy, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(busy, "354");

        idle.RequestClose();
        busy.RequestClose();
        Assert.StartsWith("421 4.3.2", await idle.ReadLineAsync(), StringComparison.Ordinal);
        await idleSession.WaitAsync(Timeout);
        await SendAsync(busy, "Subject: last\r\n\r\n.\r\n");
        Assert.StartsWith("250 2.0.0 Ok: queued", await busy.ReadLineAsync(), StringComparison.Ordinal);
        Assert.StartsWith("421 4.3.2", await busy.ReadLineAsync(), StringComparison.Ordinal);
        await busySession.WaitAsync(Timeout);
        Assert.Single(kit.Delivery.Taken);
    }

    [Fact]
    public async Task A_client_lost_before_the_end_of_data_leaves_nothing()
    {
        using var kit = new SmtpKit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        var session = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await SendAsync(connection, Hello + Envelope + "DATA\r\n");
        await ReadToAsync(connection, "354");
        await SendAsync(connection, "Subject: half\r\n\r\nbody\r\n.");
        await connection.Output.CompleteAsync();
        await session.WaitAsync(Timeout);
        Assert.Empty(kit.Delivery.Taken);
        Assert.Equal(1, kit.Delivery.Disposed);
    }

    [Fact]
    public async Task One_address_cannot_take_all_connections()
    {
        using var kit = new SmtpKit(new SmtpLimits { MaxConnectionsPerAddress = 1 });
        var handler = kit.Handler(SmtpProfile.Relay);
        await using var first = new InMemoryConnection(ScriptedTls.Clear);
        var firstSession = first.RunAsync(handler);
        await ReadToAsync(first, "220");
        await using var second = new InMemoryConnection(ScriptedTls.Clear);
        await second.RunAsync(handler);
        Assert.StartsWith("421 4.7.0 Too many connections", await second.ReadLineAsync(), StringComparison.Ordinal);

        await SendAsync(first, "QUIT\r\n");
        await firstSession.WaitAsync(Timeout);
        await using var third = new InMemoryConnection(ScriptedTls.Clear);
        var thirdSession = third.RunAsync(handler);
        await ReadToAsync(third, "220");
        await SendAsync(third, "QUIT\r\n");
        await thirdSession.WaitAsync(Timeout);
    }

    [Fact]
    public async Task No_bytes_make_a_session_throw()
    {
        string[] words =
        [
            "EHLO a\r\n", "HELO b\r\n", "MAIL FROM:<a@b.test>\r\n", "ETRN a.test\r\n", "MAIL FROM:<> BODY=BINARYMIME\r\n", "RCPT TO:<anna@example.com>\r\n", "DATA\r\n",
            ".\r\n", "\r\n.\r\n", "BDAT 5\r\nab", "BDAT 3 LAST\r\nabc", "RSET\r\n", "AUTH PLAIN\r\n", "AUTH SCRAM-SHA-256 biws\r\n", "=\r\n", "*\r\n", "STARTTLS\r\n",
            "NOOP", "\n", "\r", "\0", " ", "<", ">", "\"", "\\", "RCPT TO:<\"", "MAIL FROM:<@a,@b:c@d> SIZE=99999999999999999999\r\n", "\u00e9", "QUIT\r\n",
        ];
        var bytes = Gen.OneOf(Gen.Int[0, words.Length - 1].Select(i => Encoding.UTF8.GetBytes(words[i])), Gen.Byte.Array[0, 8]).Array[0, 40];
        await bytes.SampleAsync(
            async pieces =>
            {
                using var kit = new SmtpKit();
                var faults = 0;
                foreach (var profile in new[] { SmtpProfile.Relay, SmtpProfile.Submission })
                {
                    await using var connection = new InMemoryConnection(ScriptedTls.Encrypted);
                    var session = connection.RunAsync(async context =>
                    {
                        await kit.Handler(profile)(context);
                    });
                    foreach (var piece in pieces) await connection.SendAsync(piece);
                    await connection.Output.CompleteAsync();
                    while (await connection.ReadLineAsync() is { } line)
                        if (line.StartsWith("421 4.3.0", StringComparison.Ordinal) || line.Contains("<bare LF>", StringComparison.Ordinal)) faults++;
                    await session.WaitAsync(Timeout);
                }

                return faults == 0;
            },
            iter: 300);
    }

    private static Task SendAsync(InMemoryConnection connection, string text) => connection.SendAsync(Encoding.UTF8.GetBytes(text));

    private static async Task ReadToAsync(InMemoryConnection connection, string start)
    {
        while (await connection.ReadLineAsync().WaitAsync(Timeout) is { } line)
            if (line.StartsWith(start, StringComparison.Ordinal)) return;
        Assert.Fail($"the session ended before {start}");
    }
}
