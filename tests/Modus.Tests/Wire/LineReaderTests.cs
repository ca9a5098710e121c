using System.Buffers;
using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Wire;

public sealed class LineReaderTests : IAsyncDisposable
{
    private const int Limit = 10;

    private readonly FakeTimeProvider _clock = new();
    private readonly InMemoryConnection _connection = new();
    private readonly WireConnection _wire;
    private readonly LineReader _reader;

    public LineReaderTests()
    {
        _wire = new WireConnection(_connection.Server, _clock);
        _reader = new LineReader(_wire);
    }

    public async ValueTask DisposeAsync()
    {
        _wire.Dispose();
        await _connection.DisposeAsync();
    }

    [Fact]
    public async Task A_line_that_held_a_secret_is_overwritten_where_it_stood()
    {
        await SendAsync("secret\r\nNOOP\r\n");
        Assert.Equal(LineStatus.Line, await _reader.ReadAsync(Limit));
        var where = _reader.Line.First;
        _reader.WipeAndAdvance();

        Assert.Equal(new byte[6], where.ToArray());
        Assert.Equal("NOOP", await ReadAsync());
    }

    [Fact]
    public async Task A_line_comes_without_its_end()
    {
        await SendAsync("NOOP\r\n");
        Assert.Equal("NOOP", await ReadAsync());
        Assert.True(_reader.EndsInCrlf);
        Assert.False(_reader.HasMore);
    }

    [Fact]
    public async Task A_bare_LF_ends_a_line_and_is_told()
    {
        await SendAsync("NOOP\n");
        Assert.Equal("NOOP", await ReadAsync());
        Assert.False(_reader.EndsInCrlf);
    }

    [Fact]
    public async Task A_CR_inside_a_line_stays_in_it()
    {
        await SendAsync("a\rb\r\r\n");
        Assert.Equal("a\rb\r", await ReadAsync());
        Assert.True(_reader.EndsInCrlf);
    }

    [Fact]
    public async Task It_tells_whether_bytes_and_whether_a_whole_line_wait_behind()
    {
        await SendAsync("1\r\n2\r\n3");
        await ReadAsync(advance: false);
        Assert.True(_reader.HasMore && _reader.HasAnotherLine);
        _reader.Advance();
        await ReadAsync();
        Assert.True(_reader.HasMore);
        Assert.False(_reader.HasAnotherLine);
    }

    [Theory]
    [InlineData("1234567890\r\n", "1234567890")]
    [InlineData("1234567890\n", "1234567890")]
    [InlineData("12345678901\r\n", "TooLong")]
    [InlineData("12345678901\n", "TooLong")]
    [InlineData("\r\n", "")]
    public async Task A_line_may_have_as_many_bytes_as_the_limit(string sent, string expected)
    {
        await SendAsync(sent);
        Assert.Equal(expected, await ReadAsync());
    }

    [Fact]
    public async Task The_line_after_one_that_is_too_long_is_read()
    {
        await SendAsync(new string('x', 1000));
        var read = _reader.ReadAsync(Limit);
        await SendAsync(new string('x', 1000) + "\r\nNOOP\r\n");
        Assert.Equal(LineStatus.TooLong, await read);
        Assert.Equal("NOOP", await ReadAsync());
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("\r", "\n")]
    public async Task Of_a_line_that_is_too_long_the_last_byte_is_known(params string[] end)
    {
        await SendAsync(new string('x', 1000) + "{9}");
        var read = _reader.ReadAsync(Limit);
        foreach (var piece in end) await SendAsync(piece);
        Assert.Equal(LineStatus.TooLong, await read);
        Assert.Equal((byte)'}', _reader.LastThrownAway);
    }

    [Fact]
    public async Task A_line_without_end_is_no_line_when_the_peer_goes()
    {
        await SendAsync("QUI");
        await _connection.Output.CompleteAsync();
        Assert.Equal(LineStatus.Closed, await _reader.ReadAsync(Limit));
    }

    [Fact]
    public async Task Bytes_that_drip_in_do_not_move_the_deadline()
    {
        _wire.Deadline.Start(DeadlineReason.Command, TimeSpan.FromSeconds(5));
        var read = _reader.ReadAsync(Limit);
        for (var second = 0; second < 4; second++)
        {
            await SendAsync("x");
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.False(read.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(LineStatus.TimedOut, await read);
    }

    [Fact]
    public async Task The_wish_to_stop_ends_a_wait_for_a_command()
    {
        var read = _reader.ReadAsync(Limit);
        _connection.RequestClose();
        Assert.Equal(LineStatus.Stopping, await read);
    }

    [Fact]
    public async Task The_wish_to_stop_leaves_a_wait_that_must_not_be_broken()
    {
        var read = _reader.ReadAsync(Limit, stoppable: false);
        _connection.RequestClose();
        await SendAsync("dGVzdA==\r\n");
        Assert.Equal(LineStatus.Line, await read);
    }

    [Fact]
    public async Task Lines_cut_anywhere_are_the_same_lines() =>
        await Gen.Select(Gen.OneOf<string>("NOOP\r\n", "a\n", "\r\n", "1234567890\r\n", "\r\r\n", "12345678901\r\n", "this is too long\r\n").Array[1, 12], Gen.Int[1, 7].Array[1, 8])
            .SampleAsync(async (lines, cuts) =>
            {
                await using var connection = new InMemoryConnection();
                using var wire = new WireConnection(connection.Server, _clock);
                var sending = SendCutAsync(connection, Encoding.Latin1.GetBytes(string.Concat(lines)), cuts);
                var read = await ReadAllAsync(new LineReader(wire));
                await sending;
                Assert.Equal(lines.Select(Expected), read);
            }, iter: 200);

    private static string Expected(string line)
    {
        var text = line[..^1];
        if (text.EndsWith('\r')) text = text[..^1];
        return text.Length > Limit ? "TooLong" : text;
    }

    private static async Task SendCutAsync(InMemoryConnection connection, byte[] bytes, int[] cuts)
    {
        for (int sent = 0, i = 0; sent < bytes.Length; i++)
        {
            var size = Math.Min(cuts[i % cuts.Length], bytes.Length - sent);
            await connection.SendAsync(bytes.AsMemory(sent, size));
            sent += size;
        }

        await connection.Output.CompleteAsync();
    }

    private static async Task<List<string>> ReadAllAsync(LineReader reader)
    {
        var lines = new List<string>();
        while (await reader.ReadAsync(Limit) is var status and not LineStatus.Closed)
        {
            lines.Add(status == LineStatus.Line ? Encoding.Latin1.GetString(reader.Line) : status.ToString());
            if (status == LineStatus.Line) reader.Advance();
        }

        return lines;
    }

    private async Task<string> ReadAsync(bool advance = true)
    {
        var status = await _reader.ReadAsync(Limit);
        if (status != LineStatus.Line) return status.ToString();
        var line = Encoding.Latin1.GetString(_reader.Line);
        if (advance) _reader.Advance();
        return line;
    }

    private Task SendAsync(string text) => _connection.SendAsync(Encoding.Latin1.GetBytes(text));
}
