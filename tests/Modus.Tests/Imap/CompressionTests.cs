using System.IO.Compression;
using System.Text;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Imap;

/// <summary>COMPRESS=DEFLATE (RFC 4978) with a client that reads each reply before it says more.</summary>
public sealed class CompressionTests
{
    [Fact]
    public async Task Every_reply_can_be_read_before_the_next_command_is_sent()
    {
        await using var kit = await SessionKit.WithMailAsync(2);
        await using var anna = await kit.SelectAsync();
        await using var deflated = await CompressAsync(anna);

        Assert.Equal(["* 1 FETCH (UID 1)", "a1 OK Done."], await deflated.RunAsync("a1 FETCH 1 (UID)"));
        Assert.Equal(["a2 NO [COMPRESSIONACTIVE] It is compressed already."], await deflated.RunAsync("a2 COMPRESS DEFLATE"));
        Assert.Equal(["+ Go ahead."], await deflated.RunAsync("a3 APPEND INBOX {3}", lines: 1));
        Assert.Equal("* 3 EXISTS", (await deflated.RunAsync("x\r\n"))[0]);
        Assert.Equal(["* BYE Until next time.", "a4 OK Done."], await deflated.RunAsync("a4 LOGOUT"));
        Assert.Null(await deflated.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task A_long_message_comes_whole()
    {
        await using var kit = await ImapKit.StartAsync();
        var body = string.Concat(Enumerable.Range(0, 60_000).Select(static i => $"line {i}\n"));
        await kit.DeliverAsync("Subject: long\n\n" + body);
        await using var anna = await kit.SelectAsync();
        await using var deflated = await CompressAsync(anna);

        var lines = await deflated.RunAsync("a1 FETCH 1 BODY.PEEK[TEXT]");
        Assert.Equal(60_003, lines.Count);
        Assert.Equal("line 59999", lines[^3]);
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task IDLE_is_woken_through_it()
    {
        await using var kit = await SessionKit.WithMailAsync(0);
        await using var anna = await kit.SelectAsync();
        await using var deflated = await CompressAsync(anna);
        Assert.Equal(["+ Waiting with you."], await deflated.RunAsync("a1 IDLE", lines: 1));
        for (var i = 1; i <= 3; i++)
        {
            await kit.DeliverAsync("Subject: new\n\n\n");
            Assert.Equal($"* {i} EXISTS", await deflated.ReadLineAsync());
            Assert.Equal($"* {i} RECENT", await deflated.ReadLineAsync());
        }

        Assert.Equal(["a1 OK Done."], await deflated.RunAsync("DONE"));
        Assert.Equal(["a2 OK Done."], await deflated.RunAsync("a2 NOOP"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task Silence_ends_it_with_a_word_that_can_be_read()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        await using var deflated = await CompressAsync(anna);
        var read = deflated.ReadLineAsync();
        while (!read.IsCompleted)
        {
            kit.Store.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }

        Assert.Equal("* BYE You were silent for too long.", await read);
        await kit.VerifyAsync();
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 3, 0 })] // the last block of who ends its stream when it reads the answer
    [InlineData(new byte[] { 1, 0, 0, 0xff, 0xff })]
    public async Task UNAUTHENTICATE_ends_compression_and_the_session_goes_on(byte[] lastBlock)
    {
        await using var kit = await SessionKit.WithMailAsync(1);
        await using var anna = await kit.SelectAsync();
        await using var deflated = await CompressAsync(anna);
        Assert.StartsWith("a1 OK [CAPABILITY IMAP4rev1 ", Assert.Single(await deflated.RunAsync("a1 UNAUTHENTICATE")), StringComparison.Ordinal);
        Assert.Null(await deflated.ReadLineAsync()); // its stream has its end

        if (lastBlock.Length > 0) await anna.Connection.SendAsync(lastBlock);
        Assert.Equal(["BAD [CLIENTBUG] Log in first."], await anna.RunAsync("SELECT INBOX"));
        await anna.OkAsync("LOGIN anna@example.org \"secret word\"");
        await anna.OkAsync("SELECT INBOX");
        await using var again = await CompressAsync(anna);
        Assert.Equal(["* 1 FETCH (UID 1)", "a1 OK Done."], await again.RunAsync("a1 FETCH 1 (UID)"));
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task What_a_client_sends_behind_UNAUTHENTICATE_before_the_answer_ends_the_connection()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        await using var deflated = await CompressAsync(anna);

        Assert.Equal(
            ["* BYE Wait for the answer before you go on without compression; connect again.", "a1 OK You are out."],
            await deflated.RunAsync("a1 UNAUTHENTICATE\r\na2 NOOP"));
        Assert.Null(await deflated.ReadLineAsync());
        await kit.VerifyAsync();
    }

    [Fact]
    public async Task What_is_not_compressed_ends_the_connection()
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        await anna.OkAsync("COMPRESS DEFLATE");
        await anna.SendAsync("a1 NOOP\r\n" + new string('\xff', 100));
        await anna.Session.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await kit.VerifyAsync();
    }

    [Theory]
    [InlineData("COMPRESS", "BAD [CLIENTBUG] This command needs arguments.")]
    [InlineData("COMPRESS LZW", "NO [CANNOT] DEFLATE is all there is.")]
    [InlineData("COMPRESS DEFLATE 9", "BAD [CLIENTBUG] Expected the end of the command.")]
    public async Task Only_DEFLATE_is_taken(string command, string response)
    {
        await using var kit = await ImapKit.StartAsync();
        await using var anna = await kit.LogInAsync();
        Assert.Equal([response], await anna.RunAsync(command));
    }

    private static async Task<DeflatedClient> CompressAsync(ImapTestClient client)
    {
        Assert.Empty(await client.OkAsync("COMPRESS DEFLATE"));
        return new DeflatedClient(client.Connection);
    }

    private sealed class DeflatedClient(InMemoryConnection connection) : IAsyncDisposable
    {
        private readonly DeflateStream _deflate = new(connection.Output.AsStream(leaveOpen: true), CompressionLevel.Optimal, leaveOpen: true);
        private readonly StreamReader _inflate = new(new DeflateStream(connection.Input.AsStream(leaveOpen: true), CompressionMode.Decompress), Encoding.UTF8);

        public async Task<string?> ReadLineAsync() => await _inflate.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

        /// <summary>Sends a line and reads so many lines, or up to a tagged one.</summary>
        public async Task<IReadOnlyList<string>> RunAsync(string command, int lines = int.MaxValue)
        {
            await _deflate.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
            await _deflate.FlushAsync();
            var read = new List<string>();
            while (read.Count < lines)
            {
                read.Add(await ReadLineAsync() ?? throw new InvalidOperationException($"closed behind {string.Join('\n', read)}"));
                if (read[^1] is ['a', >= '0' and <= '9', ' ', ..]) break;
            }

            return read;
        }

        public async ValueTask DisposeAsync()
        {
            await _deflate.DisposeAsync();
            _inflate.Dispose();
        }
    }
}
