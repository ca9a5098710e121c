using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Pop3;
using Modus.Storage;
using Modus.Testing.Pop3;
using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Pop3;

public sealed class Pop3SessionTests
{
    [Fact]
    public async Task Bytes_behind_STLS_end_the_connection_and_are_never_run()
    {
        using var kit = new Pop3Kit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        await connection.SendAsync("STLS\r\nUSER anna@example.com\r\nPASS secret word\r\n"u8.ToArray());
        var session = connection.RunAsync(kit.Handler);

        Assert.StartsWith("+OK", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Equal("-ERR bytes were sent behind STLS; closing", await connection.ReadLineAsync());
        Assert.Null(await connection.ReadLineAsync());
        await session;
    }

    [Fact]
    public async Task A_half_line_behind_STLS_ends_the_connection_too()
    {
        using var kit = new Pop3Kit();
        await using var connection = new InMemoryConnection(ScriptedTls.Clear);
        await connection.SendAsync("STLS\r\nU"u8.ToArray());
        var session = connection.RunAsync(kit.Handler);

        await connection.ReadLineAsync();
        Assert.StartsWith("-ERR", await connection.ReadLineAsync(), StringComparison.Ordinal);
        Assert.Null(await connection.ReadLineAsync());
        await session;
    }

    [Fact]
    public async Task A_failed_handshake_ends_the_session()
    {
        using var kit = new Pop3Kit();
        await using var connection = new InMemoryConnection(new ScriptedTls { Outcome = TlsUpgradeOutcome.Failed });
        var session = connection.RunAsync(kit.Handler);
        await connection.ReadLineAsync();

        Assert.Equal("+OK Begin TLS", await connection.AskAsync("STLS"));
        Assert.Null(await connection.ReadLineAsync());
        await session;
    }

    [Fact]
    public async Task A_maildrop_is_open_in_one_session_only()
    {
        using var kit = new Pop3Kit();
        var (first, firstSession) = await kit.LogInAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => kit.LogInAsync());
        Assert.StartsWith("-ERR [IN-USE]", refused.Message, StringComparison.Ordinal);

        Assert.Equal("+OK Bye", await first.AskAsync("QUIT"));
        await firstSession;
        Assert.True(kit.IsMaildropFree);
        await kit.LogInAsync();
    }

    [Fact]
    public async Task A_connection_that_is_lost_gives_the_lock_back_and_deletes_nothing()
    {
        using var kit = new Pop3Kit();
        var (connection, session) = await kit.LogInAsync();
        await connection.AskAsync("DELE 1");
        await connection.Output.CompleteAsync(new IOException("reset"));
        await session;

        Assert.True(kit.IsMaildropFree);
        Assert.Equal([3u, 6u, 9u], kit.Store.Uids);
        Assert.Empty(kit.Faults.Lines);
    }

    [Fact]
    public async Task An_idle_session_is_closed_without_a_word_after_ten_minutes()
    {
        var clock = new FakeTimeProvider();
        using var kit = new Pop3Kit(clock: clock);
        var (connection, session) = await kit.LogInAsync();
        await connection.AskAsync("DELE 1");

        clock.Advance(TimeSpan.FromMinutes(9.9));
        Assert.Equal("+OK", await connection.AskAsync("NOOP"));
        await connection.SendAsync("NO"u8.ToArray()); // bytes that drip in do not help
        clock.Advance(TimeSpan.FromMinutes(10.1));

        Assert.Null(await connection.ReadLineAsync());
        await session;
        Assert.True(kit.IsMaildropFree);
        Assert.Equal([3u, 6u, 9u], kit.Store.Uids);
    }

    [Fact]
    public async Task A_login_that_is_idle_in_the_middle_is_closed()
    {
        var clock = new FakeTimeProvider();
        using var kit = new Pop3Kit(clock: clock);
        await using var connection = new InMemoryConnection(ScriptedTls.Encrypted);
        var session = connection.RunAsync(kit.Handler);
        await connection.ReadLineAsync();
        Assert.Equal("+ ", await connection.AskAsync("AUTH PLAIN"));
        clock.Advance(TimeSpan.FromMinutes(10.1));

        Assert.Null(await connection.ReadLineAsync());
        await session;
    }

    [Fact]
    public async Task A_client_that_takes_nothing_is_cut_off_and_the_lock_given_back()
    {
        var clock = new FakeTimeProvider();
        using var kit = new Pop3Kit(clock: clock);
        kit.Store.Add("Subject: big\r\n\r\n" + string.Concat(Enumerable.Repeat("line\r\n", 200_000)));
        var (connection, session) = await kit.LogInAsync();
        var aborted = new TaskCompletionSource();
        using var abort = connection.Server.ConnectionClosed.Register(() =>
        {
            connection.Input.Complete(); // as Kestrel ends the transport
            aborted.TrySetResult();
        });
        await connection.SayAsync("RETR 4");
        while (!aborted.Task.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(1)); // until the session has come to its flush and its deadline
            await Task.Yield();
        }

        await session;
        Assert.True(kit.IsMaildropFree);
        Assert.Equal(0, kit.Store.OpenReaders);
    }

    [Fact]
    public async Task A_server_that_stops_says_so()
    {
        using var kit = new Pop3Kit();
        var (connection, session) = await kit.LogInAsync();
        await connection.AskAsync("DELE 1");
        connection.RequestClose();

        Assert.Equal("-ERR [SYS/TEMP] server is closing", await connection.ReadLineAsync());
        Assert.Null(await connection.ReadLineAsync());
        await session;
        Assert.Equal([3u, 6u, 9u], kit.Store.Uids);
    }

    [Theory]
    [InlineData(StoreOutcome.NoSpace, "-ERR [SYS/TEMP] some deleted messages not removed")]
    [InlineData(StoreOutcome.NotFound, "-ERR [SYS/PERM] some deleted messages not removed")]
    public async Task QUIT_is_not_OK_when_the_store_did_not_delete(StoreOutcome outcome, string response)
    {
        using var kit = new Pop3Kit();
        kit.Store.ExpungeFails = outcome;
        var (connection, session) = await kit.LogInAsync();
        await connection.AskAsync("DELE 2");

        Assert.Equal(response, await connection.AskAsync("QUIT"));
        Assert.Null(await connection.ReadLineAsync());
        await session;
        Assert.True(kit.IsMaildropFree);
    }

    [Fact]
    public async Task A_damaged_message_never_looks_whole()
    {
        using var kit = new Pop3Kit();
        kit.Store.Add("Subject: big\r\n\r\n" + string.Concat(Enumerable.Repeat("line\r\n", 50_000)));
        var (connection, session) = await kit.LogInAsync(utf8: true);
        Assert.StartsWith("+OK", await connection.AskAsync("RETR 4"), StringComparison.Ordinal);
        kit.Store.ContentIsDamaged = true; // the session waits for us to read, long before the middle
        var last = "";
        while (await connection.ReadLineAsync() is { } line) last = line;
        await session;

        Assert.NotEqual(".", last);
        Assert.DoesNotContain("-ERR", last, StringComparison.Ordinal);
        Assert.Single(kit.Faults.Lines);
        Assert.Equal(0, kit.Store.OpenReaders);
        Assert.True(kit.IsMaildropFree);
    }

    [Fact]
    public async Task A_message_that_is_found_damaged_is_not_begun_and_the_others_are_had()
    {
        using var kit = new Pop3Kit();
        var (connection, session) = await kit.LogInAsync(utf8: true);
        kit.Store.ContentIsDamaged = true;

        Assert.StartsWith("-ERR [SYS/PERM]", await connection.AskAsync("RETR 1"), StringComparison.Ordinal);
        Assert.StartsWith("-ERR [SYS/PERM]", await connection.AskAsync("TOP 1 5"), StringComparison.Ordinal);
        kit.Store.ContentIsDamaged = false;
        Assert.StartsWith("+OK", await connection.AskAsync("RETR 2"), StringComparison.Ordinal);
        while (await connection.ReadLineAsync() is not ("." or null));
        await connection.AskAsync("QUIT");
        await session;
        Assert.Equal(2, kit.Faults.Lines.Count);
        Assert.Equal(0, kit.Store.OpenReaders);
    }

    [Fact]
    public async Task A_message_that_is_gone_is_an_error_and_the_session_goes_on()
    {
        using var kit = new Pop3Kit();
        var (connection, session) = await kit.LogInAsync();
        kit.Store.ContentIsGone = true;

        Assert.StartsWith("-ERR [SYS/PERM]", await connection.AskAsync("RETR 1"), StringComparison.Ordinal);
        Assert.Equal("+OK", await connection.AskAsync("NOOP"));
        await connection.AskAsync("QUIT");
        await session;
    }

    [Fact]
    public async Task A_store_that_throws_at_login_is_a_temporary_fault_and_the_lock_is_given_back()
    {
        using var kit = new Pop3Kit();
        kit.Store.BeforeReading = () => throw new IOException("disk");
        var response = await Assert.ThrowsAsync<InvalidOperationException>(() => kit.LogInAsync());

        Assert.StartsWith("-ERR [SYS/TEMP]", response.Message, StringComparison.Ordinal);
        Assert.True(kit.IsMaildropFree);
        Assert.Single(kit.Faults.Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(2500)]
    public async Task A_session_sees_the_oldest_messages_up_to_its_bound(int bound)
    {
        using var kit = new Pop3Kit(options => options.Limits = new Pop3Limits { MaxMessages = bound });
        for (var i = 3; i < 2500; i++) kit.Store.Add("x");
        var (connection, session) = await kit.LogInAsync();

        Assert.StartsWith($"+OK {bound} ", await connection.AskAsync("STAT"), StringComparison.Ordinal);
        Assert.Equal($"+OK {bound} 1700000000.{bound * 3}", await connection.AskAsync($"UIDL {bound}"));
        await connection.AskAsync("QUIT");
        await session;
    }

    [Fact]
    public async Task Numbers_stay_when_mail_comes_and_goes_meanwhile()
    {
        using var kit = new Pop3Kit();
        var (connection, session) = await kit.LogInAsync();
        await kit.Store.ExpungeAsync(new MailboxId(7), [new Uid(3)], CancellationToken.None);
        kit.Store.Add("new");

        Assert.Equal("+OK 3 97", await connection.AskAsync("STAT"));
        Assert.Equal("+OK 2 1700000000.6", await connection.AskAsync("UIDL 2"));
        await connection.AskAsync("QUIT");
        await session;
    }

    [Fact]
    public async Task One_address_gets_so_many_connections_only()
    {
        using var kit = new Pop3Kit(options => options.Limits = new Pop3Limits { MaxConnectionsPerAddress = 1 });
        var (first, firstSession) = await kit.LogInAsync();
        await using var second = new InMemoryConnection(ScriptedTls.Encrypted);
        await second.RunAsync(kit.Handler);
        Assert.Equal("-ERR [SYS/TEMP] too many connections, try again later", await second.ReadLineAsync());

        await first.AskAsync("QUIT");
        await firstSession;
        await kit.LogInAsync();
    }

    [Fact]
    public void All_faults_of_the_options_are_told_at_once()
    {
        var fault = Assert.Throws<OptionsValidationException>(() => new Pop3Kit(options =>
        {
            options.HostName = "not a name";
            options.Limits = new Pop3Limits { MaxCommandLine = 47, MaxMessages = 0, CommandTimeout = TimeSpan.Zero };
        }));
        Assert.Equal(4, fault.Failures.Count());
    }

    [Fact]
    public async Task A_long_message_comes_out_as_it_is_stored()
    {
        using var kit = new Pop3Kit();
        var random = new Random(5);
        var lines = Enumerable.Range(0, 20_000).Select(_ => new string('.', random.Next(3)) + new string('x', random.Next(100)));
        var message = "Subject: long\r\n\r\n" + string.Join("\r\n", lines) + "\r\n";
        kit.Store.Add(message);
        var (connection, session) = await kit.LogInAsync();
        Assert.Equal($"+OK {message.Length} octets", await connection.AskAsync("RETR 4"));
        var received = new StringBuilder();
        while (await connection.ReadLineAsync() is { } line && line != ".")
            received.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");

        Assert.Equal(message, received.ToString());
        await connection.AskAsync("QUIT");
        await session;
        Assert.Equal(0, kit.Store.OpenReaders);
    }
}
